//! A cell's text as a message shows it: short, and with what nobody can see named.

/// Letters of a text that a message has room for.
const MOST: usize = 60;

pub(super) fn shown(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars().take(MOST) {
        if is_unseen(letter) { out.push_str(&format!("<U+{:04X}>", u32::from(letter))) } else { out.push(letter) }
    }
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

/// Control characters, marks without width or ink, and what is no character at all.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        )
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}')
        || u32::from(letter) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_cannot_be_seen_is_named_and_long_texts_are_cut() {
        assert_eq!(shown("401\u{200B}1\u{202A}"), "401<U+200B>1<U+202A>");
        assert_eq!(shown("Pe\u{f1}a"), "Peña");
        assert_eq!(shown("a\u{FFFE}"), "a<U+FFFE>");
        assert_eq!(shown(&"x".repeat(70)).chars().count(), 61);
    }
}

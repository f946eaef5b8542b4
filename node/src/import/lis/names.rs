//! Names as LIS writes them into one cell: `LAST,FIRST, MIDDLE`, `-` for none, and an extension that rides with the middle
//! name (`DELGADO,RAMON, JR. SALAZAR`). Parents often have one comma only.
//!
//! Invariant: nothing that the cell says is lost, and no part is made up: what cannot be told apart stays together.

use super::register::PersonName;

/// Extensions that are never a name of their own. `V` and `I` are initials as often, so they count before a name only.
const EXTENSIONS: &[&str] = &["JR", "SR", "II", "III", "IV", "VI", "VII", "VIII"];
/// What stands in a cell for nobody.
const NOBODY: &[&str] = &["-", "--", "N/A", "NA", "NONE", "."];

/// A cell that says that there is nothing.
pub(super) fn is_none(text: &str) -> bool {
    text.is_empty() || NOBODY.contains(&text.to_uppercase().as_str())
}

/// A learner's name; `None` where last or first name is missing.
pub(super) fn learner(text: &str) -> Option<PersonName> {
    let name = person(text)?;
    name.first.is_some().then_some(name)
}

/// A parent's or guardian's name; `None` for nobody. A name without a comma is all last name.
pub(super) fn person(text: &str) -> Option<PersonName> {
    let mut parts = text.split(',').map(str::trim);
    let last = parts.next().filter(|last| !is_none(last))?.to_owned();
    let first = parts.next().filter(|first| !is_none(first)).unwrap_or_default();
    let rest: Vec<&str> = parts.filter(|part| !is_none(part)).collect();
    let mut name = PersonName { last, ..PersonName::default() };
    let said: Vec<&str> = rest.iter().flat_map(|part| part.split_whitespace()).collect();
    let mut middle: Vec<&str> = said.iter().copied().filter(|word| *word != "-").collect();
    // `JR. SALAZAR`, `SALAZAR JR`, `V -`, or `JR` alone.
    if let Some(ext) = middle.first().and_then(|word| extension(word, said.len() > 1)) {
        name.ext = Some(ext);
        middle.remove(0);
    } else if let Some(ext) = middle.last().and_then(|word| extension(word, false)) {
        name.ext = Some(ext);
        middle.pop();
    }
    let mut words: Vec<&str> = first.split_whitespace().collect();
    if let (None, true, Some(ext)) = (&name.ext, words.len() > 1, words.last().and_then(|word| extension(word, false)))
    {
        name.ext = Some(ext);
        words.pop();
    }
    name.first = joined(&words);
    name.middle = joined(&middle);
    Some(name)
}

fn joined(words: &[&str]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

/// The extension that a word is, without its dot.
fn extension(word: &str, before_a_name: bool) -> Option<String> {
    let plain = word.trim_end_matches('.').to_uppercase();
    let is_one = EXTENSIONS.contains(&plain.as_str()) || (before_a_name && plain == "V" && !word.ends_with('.'));
    is_one.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<[String; 4]> {
        let name = person(text)?;
        Some([name.last, name.first.unwrap_or_default(), name.middle.unwrap_or_default(), name.ext.unwrap_or_default()])
    }

    #[test]
    fn names_in_the_spellings_of_lis() {
        for (text, [last, first, middle, ext]) in [
            ("DELA CRUZ,JUAN, SANTOS", ["DELA CRUZ", "JUAN", "SANTOS", ""]),
            ("PEÑA,MA. CLARA, -", ["PEÑA", "MA. CLARA", "", ""]),
            ("DELGADO,RAMON, JR. SALAZAR", ["DELGADO", "RAMON", "SALAZAR", "JR"]),
            ("DELGADO,RAMON, JR", ["DELGADO", "RAMON", "", "JR"]),
            ("DELGADO,RAMON, JR., DE LA SALLE", ["DELGADO", "RAMON", "DE LA SALLE", "JR"]),
            ("REYES,JOSE, III -", ["REYES", "JOSE", "", "III"]),
            ("REYES,JOSE, V SANTOS", ["REYES", "JOSE", "SANTOS", "V"]),
            ("REYES,JOSE, V -", ["REYES", "JOSE", "", "V"]),
            ("REYES,JOSE, V", ["REYES", "JOSE", "V", ""]),
            ("REYES,JOSE, V. SANTOS", ["REYES", "JOSE", "V. SANTOS", ""]),
            ("GARCIA, PEDRO LUNA JR", ["GARCIA", "PEDRO LUNA", "", "JR"]),
            ("GARCIA, PEDRO", ["GARCIA", "PEDRO", "", ""]),
            ("GARCIA", ["GARCIA", "", "", ""]),
            ("IVANA, IV", ["IVANA", "IV", "", ""]),
        ] {
            assert_eq!(parts(text), Some([last, first, middle, ext].map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn nobody_has_no_name() {
        for text in ["", "-", "N/A", "none", "-, -", " , JUAN"] {
            assert_eq!(person(text), None, "{text}");
        }
        for text in ["CRUZ", "CRUZ,", "CRUZ, -", "-"] {
            assert_eq!(learner(text), None, "{text}");
        }
        assert_eq!(person("CRUZ, ANA LUNA").map(|name| name.text()).as_deref(), Some("CRUZ, ANA LUNA"));
    }
}

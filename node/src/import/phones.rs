//! Mobile numbers as files write them: one rule for every importer.

/// The first mobile number of a text as `+639…`, and whether there are others.
pub(crate) fn first(text: &str) -> Option<(String, bool)> {
    let mut numbers = text.split(['/', ',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let first = numbers.find_map(mobile)?;
    Some((first, numbers.next().is_some()))
}

/// `0917 123 4567`, `+63 917…`, `63917…`, or `917…` where Excel took the 0 off: the digits are all there.
fn mobile(text: &str) -> Option<String> {
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '+' | '.')) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let rest = match digits.len() {
        12 => digits.strip_prefix("639"),
        11 => digits.strip_prefix("09"),
        10 => digits.strip_prefix('9'),
        _ => None,
    }?;
    Some(format!("+639{rest}"))
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn a_number_is_read_in_its_spellings() {
        for spelling in
            ["09171234567", "0917-123-4567", "+63 917 123 4567", "639171234567", "9171234567", "(0917) 1234567"]
        {
            assert_eq!(first(spelling), Some(("+639171234567".into(), false)), "{spelling}");
        }
        assert_eq!(first("09171234567 / 09181234567"), Some(("+639171234567".into(), true)));
        for bad in ["8123456", "0917123456", "call the aunt", "091712345678", ""] {
            assert_eq!(first(bad), None, "{bad}");
        }
    }
}

//! Grade levels as other systems write them, to the ones of DepEd's enrolment data.

/// One of `GRADE_LEVELS`, or `None` for a text that is no grade level of a Philippine basic school (`PS1`, `13`, `PK`).
pub(super) fn read(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_lowercase();
    let bare = ["grade", "gr.", "gr", "g", "year"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .map_or(lower.as_str(), |rest| rest.trim_start_matches([' ', '-', '.']));
    match (lower.as_str(), bare) {
        ("k" | "kg" | "kinder" | "kindergarten" | "tk", _) => Some("K"),
        ("ng" | "ug" | "non-graded" | "nongraded" | "non graded" | "ungraded", _) => Some("NG"),
        (_, digits) => match digits.parse::<u8>().ok()? {
            1 => Some("1"),
            2 => Some("2"),
            3 => Some("3"),
            4 => Some("4"),
            5 => Some("5"),
            6 => Some("6"),
            7 => Some("7"),
            8 => Some("8"),
            9 => Some("9"),
            10 => Some("10"),
            11 => Some("11"),
            12 => Some("12"),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use pems_model::entities::GRADE_LEVELS;

    #[test]
    fn every_grade_is_read_in_its_spellings() {
        for level in GRADE_LEVELS {
            assert_eq!(read(level), Some(*level));
        }
        for (text, level) in
            [("KG", "K"), ("01", "1"), ("Grade 7", "7"), ("G10", "10"), ("Kindergarten", "K"), ("UG", "NG")]
        {
            assert_eq!(read(text), Some(level));
        }
        for text in ["PS1", "13", "PK", "postgraduate", "", "undergraduate"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! The remarks column of School Form 1: codes of its legend, each with a date, a school or a reason behind it.
//!
//! Source: the legend on the form ("List and Code of Indicators") and LIS's own writing, `T/I DATE:2026-06-08`.

use super::register::{Remark, RemarkCode};
use crate::import::dates::{self, DateOrder};
use pems_model::value::format_date;

const CODES: &[(&str, RemarkCode)] = &[
    ("T/I", RemarkCode::TransferredIn),
    ("T/O", RemarkCode::TransferredOut),
    ("DRP", RemarkCode::Dropped),
    ("NLS", RemarkCode::Dropped),
    ("NLPA", RemarkCode::Dropped),
    ("LE", RemarkCode::LateEnrolment),
    ("CCT", RemarkCode::Cct),
    ("4PS", RemarkCode::Cct),
    ("B/A", RemarkCode::BalikAral),
    ("LWD", RemarkCode::SpecialNeeds),
    ("SNED", RemarkCode::SpecialNeeds),
    ("ACL", RemarkCode::Accelerated),
];

/// The remarks of a cell, in their order. Text before the first code belongs to none; the raw cell keeps it.
pub(super) fn parse(text: &str) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for word in text.split([' ', ';', ',', ':']).filter(|word| !word.is_empty()) {
        match code(word) {
            Some(code) => {
                finish(&mut remarks, &mut words);
                remarks.push(Remark { code, date: None, detail: None });
            }
            None => words.push(word),
        }
    }
    finish(&mut remarks, &mut words);
    remarks
}

fn code(word: &str) -> Option<RemarkCode> {
    let plain = word.trim_matches(['.', '(', ')', '-']).to_uppercase();
    CODES.iter().find(|(text, _)| *text == plain).map(|(_, code)| *code)
}

/// Gives the words since the last code to it.
fn finish(remarks: &mut [Remark], words: &mut Vec<&str>) {
    let mut detail = Vec::new();
    let mut date = None;
    for word in words.drain(..) {
        match dates::read(word, Some(DateOrder::MonthDayYear)) {
            Ok(days) if date.is_none() => date = Some(format_date(days)),
            _ if word.eq_ignore_ascii_case("DATE") => {}
            _ => detail.push(word),
        }
    }
    if let Some(last) = remarks.last_mut() {
        last.date = date;
        last.detail = (!detail.is_empty()).then(|| detail.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(RemarkCode, Option<String>, Option<String>)> {
        parse(text).into_iter().map(|remark| (remark.code, remark.date, remark.detail)).collect()
    }

    #[test]
    fn remarks_as_lis_writes_them() {
        use RemarkCode::*;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("T/I DATE:2026-06-08"), [(TransferredIn, some("2026-06-08"), None)]);
        assert_eq!(
            read("T/O San Isidro NHS (P) 08/15/2026"),
            [(TransferredOut, some("2026-08-15"), some("San Isidro NHS (P)"))]
        );
        assert_eq!(
            read("CCT 0412-77; LE; SNED Hearing"),
            [(Cct, None, some("0412-77")), (LateEnrolment, None, None), (SpecialNeeds, None, some("Hearing"))]
        );
        assert_eq!(read("DRP: b.1 2026-09-01"), [(Dropped, some("2026-09-01"), some("b.1"))]);
        assert_eq!(read("lwd, ACL"), [(SpecialNeeds, None, None), (Accelerated, None, None)]);
        assert_eq!(read("B/A"), [(BalikAral, None, None)]);
    }

    #[test]
    fn other_words_are_no_codes() {
        assert_eq!(read("Lives in Legazpi with LEO, late"), []);
        assert_eq!(read(""), []);
    }
}

//! The largest school of the country, on the encrypted store.

use crate::{Office, oneroster};
use pems_tests::roster;
use std::time::{Duration, Instant};

/// Far above what it takes (a few seconds), so that a busy machine does not fail the test; a quadratic step would.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn the_largest_school_is_imported_and_again_and_taken_back() {
    let mut office = Office::new();
    let path = office.dir.path().join("roster");
    let written = roster::generate_school(&path, 3, &roster::LARGEST).expect("a roster");
    assert_eq!(written.students, 17_167);
    let started = Instant::now();
    let report = office.import(&path, &oneroster());
    let first = started.elapsed();
    assert_eq!((&report.refused[..], &report.duplicates[..]), (&[][..], &[][..]));
    for (entity, count) in [
        ("student", written.students),
        ("enrolment", written.students),
        ("section_membership", written.students),
        ("student_guardian", written.students),
        ("guardian", written.guardians),
        ("section", written.sections),
        ("staff", written.staff),
    ] {
        assert_eq!(usize::try_from(office.count(entity)).expect("a count"), count, "{entity}");
    }
    let started = Instant::now();
    let again = office.import(&path, &oneroster());
    let second = started.elapsed();
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, report.new));
    let started = Instant::now();
    office.store.undo(report.batch.expect("a batch")).expect("an undo");
    let undo = started.elapsed();
    assert_eq!(office.visible().len(), 0);
    eprintln!("{} records: import {first:?}, again {second:?}, undo {undo:?}", report.new);
    assert!(first + second + undo < PATIENCE, "import {first:?}, again {second:?}, undo {undo:?}");
}

//! Files alone, without an office: the quirks of the form, its other shapes, and what is left of it on a bad memory stick.

use super::super::{PersonName, Register, read, read_bytes};
use super::{register, sample};
use pems_model::Code;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Far above what some 3,500 readings take, so that a busy machine does not fail the test; a hang would.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn the_quirks_of_the_form_are_read() {
    let register = register();
    let header = (&*register.school_id, &*register.school_year, &*register.grade_level, &*register.section);
    assert_eq!(header, ("300021", "2026-2027", "7", "RIZAL"));
    assert_eq!((register.region.as_deref(), register.division.as_deref()), (Some("Region IV-A"), Some("Batangas")));
    // 40 learners, one with a rounded LRN and one with another's.
    assert_eq!((register.learners.len(), register.refused.len()), (38, 2));
    assert!(
        register.refused[0].message.contains("rounded") && register.refused[0].cell == "A12",
        "{:?}",
        register.refused
    );
    assert!(register.refused[1].message.contains("line 30 too"), "{:?}", register.refused);
    let line = |last: &str| register.learners.iter().find(|line| line.last_name == last).expect("a line");
    let ramon = line("DELGADO");
    assert_eq!(
        (&*ramon.first_name, ramon.middle_name.as_deref(), ramon.name_ext.as_deref()),
        ("RAMON", Some("SALAZAR"), Some("JR"))
    );
    assert_eq!((ramon.birth_date.as_deref(), ramon.contact.as_deref()), (Some("2013-05-14"), Some("+639171234567")));
    assert_eq!(ramon.father.as_ref().map(PersonName::text).as_deref(), Some("DELGADO, RAMON CRUZ SR"));
    let jose = line("ÑOÑEZ");
    assert_eq!(
        (jose.lrn.as_deref(), jose.birth_date.as_deref(), jose.contact.as_deref()),
        (Some("012345678901"), Some("2013-05-04"), None)
    );
    assert_eq!((line("BAUTISTA").lrn.as_deref(), line("CRUZ").lrn.as_deref()), (None, None));
    assert_eq!((line("ZAMORA").sex.as_deref(), line("ZAMORA").birth_date.as_deref()), (None, None));
    let warned: BTreeSet<&str> = register.warnings.iter().filter_map(|warning| warning.cell.as_deref()).collect();
    // A bad phone, a wrong age, two numbers, no sex, no date, a father without a comma.
    assert_eq!(warned.len(), 6, "{:#?}", register.warnings);
}

#[test]
fn every_form_of_the_same_register_reads_the_same() {
    let strip = |mut register: Register, lower: u32| {
        register.learners.iter_mut().for_each(|line| line.line -= lower);
        (register.learners, register.refused.len(), register.warnings.len(), register.section)
    };
    let xls = strip(register(), 0);
    assert_eq!(strip(read(&sample("sf1.xlsx")).expect("the same"), 0), xls);
    assert_eq!(strip(read(&sample("sf1_lower.xls")).expect("the same"), 2), xls);
}

#[test]
fn broken_files_are_answers_and_soon() {
    let started = Instant::now();
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).expect("small")
    };
    for name in ["sf1.xls", "sf1.xlsx"] {
        let whole = std::fs::read(sample(name)).expect("the sample");
        let learners = register().learners;
        for part in 0..200 {
            let cut = &whole[..whole.len() * part / 200];
            match read_bytes(name, cut) {
                Err(error) => assert_eq!(error.code, Code::BadFile, "{name} at {}: {}", cut.len(), error.message),
                // The last bytes of the shell say which sectors are free: without them nothing is missing.
                Ok(register) => assert_eq!(register.learners, learners, "{name} at {}: half a register", cut.len()),
            }
        }
        for _ in 0..500 {
            let mut flipped = whole.clone();
            let at = next(whole.len());
            flipped[at] ^= 1 << next(8);
            // A register or a refusal; what counts is that there is an answer.
            if let Err(error) = read_bytes(name, &flipped) {
                assert!(matches!(error.code, Code::BadFile | Code::TooLarge), "{name} at {at}: {}", error.message);
            }
        }
        // The shell's own structures, where a flip does most harm: its header, and what it has at the end.
        for at in (0..512).chain(whole.len() - 512..whole.len()) {
            let mut flipped = whole.clone();
            flipped[at] = 0xFF;
            let _answer = read_bytes(name, &flipped);
        }
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[test]
fn a_chain_that_bites_its_tail_ends() {
    let mut bytes = std::fs::read(sample("sf1.xls")).expect("the sample");
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    // The directory's first sector, and where the FAT's first sector says what follows it.
    let (directory, fat) = (number(48), number(76));
    let at = 512 * (fat as usize + 1) + 4 * directory as usize;
    bytes[at..at + 4].copy_from_slice(&directory.to_le_bytes());
    let error = read_bytes("tail.xls", &bytes).expect_err("a refusal");
    assert!(error.code == Code::BadFile && error.message.contains("chain"), "{}", error.message);
}

/// A file may say that its allocation table is in one sector, thousands of times: following that before asking whether it can be
/// takes a hundred times the memory that the file has.
#[test]
fn a_table_that_is_listed_over_and_over_is_refused_before_it_is_read() {
    const SECTOR: usize = 512;
    const SECTORS: u32 = 8_192;
    let whole = std::fs::read(sample("sf1.xls")).expect("the sample");
    let mut bytes = whole[..SECTOR].to_vec();
    // The header names the first sector of a list in which each names the next, and the table's one sector in all other places.
    bytes[68..72].copy_from_slice(&0_u32.to_le_bytes());
    for next in 1..=SECTORS {
        bytes.extend(std::iter::repeat_n(0_u32.to_le_bytes(), SECTOR / 4 - 1).flatten());
        bytes.extend(next.to_le_bytes());
    }
    let end = bytes.len() - 4;
    bytes[end..].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    let error = read_bytes("listed.xls", &bytes).expect_err("a refusal");
    assert!(error.code == Code::BadFile && error.message.contains("list of sectors"), "{}", error.message);
}

//! Files that are broken, hostile or something else: a clear answer, and nothing in the store.

use crate::oneroster::zip_of;
use crate::{Office, csv, oneroster, sample};
use pems_model::Code;
use pems_node::import::{Limits, Options};
use std::io::Write;
use std::path::Path;

#[test]
fn what_is_no_csv_is_refused_as_a_file() {
    let mut office = Office::new();
    let noise: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("empty.csv", Vec::new(), "empty"),
        ("noise.csv", noise, ""),
        ("utf16.csv", b"\xFF\xFEL\0R\0N\0".to_vec(), "UTF-16"),
        ("broken.csv", b"Last name,First name\nCruz,Ana\nCr\xC3\x28uz\x81,Ben\n".to_vec(), "line 3"),
        ("mixed.csv", b"Last name,First name\nPe\xC3\xB1a,Ana\nPe\xF1a,Ben\n".to_vec(), "byte 31"),
        ("other.csv", b"Colour,Weight\nred,3\n".to_vec(), "Colour, Weight"),
    ];
    for (name, bytes, says) in cases {
        let path = office.file(name, bytes);
        let error = office.refused(&path, &csv("student"));
        assert_eq!(error.code, Code::BadFile, "{name}: {}", error.message);
        assert!(error.message.contains(name) && error.message.contains(says), "{name}: {}", error.message);
    }
    let path = office.file("header.csv", "Last name,First name\n");
    let report = office.import(&path, &csv("student"));
    assert_eq!((report.rows_read, report.new, report.written), (0, 0, false));
    assert_eq!(report.warnings, ["header.csv has a header but no rows"]);
    let error = office.refused(Path::new("no/such/file.csv"), &csv("student"));
    assert!(error.code == Code::Io && error.message.contains("check the path"), "{}", error.message);
}

#[test]
fn broken_zips_are_refused() {
    let mut office = Office::new();
    let whole = office.dir.path().join("whole.zip");
    zip_of(&sample("ms_SDS_v2.1"), &whole);
    let bytes = std::fs::read(&whole).expect("a zip");
    // Cut off, flipped in the middle of the data, and no zip at all.
    let mut flipped = bytes.clone();
    flipped[60..400].fill(0xAA);
    for (name, bytes) in
        [("cut.zip", bytes[..bytes.len() / 2].to_vec()), ("flipped.zip", flipped), ("text.zip", b"hello".to_vec())]
    {
        let path = office.file(name, bytes);
        let error = office.refused(&path, &oneroster());
        assert_eq!(error.code, Code::BadFile, "{name}: {}", error.message);
    }
    let before = office.visible();
    assert_eq!(office.import(&whole, &Options { dry_run: true, ..oneroster() }).new, 18);
    assert_eq!(office.visible(), before);
}

#[test]
fn a_zip_bomb_is_stopped_by_what_it_unpacks_to() {
    let mut office = Office::new();
    let path = office.dir.path().join("bomb.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).expect("a file"));
    zip.start_file("users.csv", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(b"sourcedId,givenName\n").expect("written");
    let row = [&b"L1,"[..], &[b' '; 64 * 1024], b"\n"].concat();
    for _ in 0..512 {
        zip.write_all(&row).expect("written");
    }
    zip.finish().expect("a zip");
    assert!(std::fs::metadata(&path).expect("a file").len() < 256 * 1024);
    // 32 MiB from a few kilobytes; the office's limit is higher, the way of stopping is the same.
    let tight = Options { limits: Limits { bytes: 16 * 1024 * 1024, ..Limits::OFFICE }, ..oneroster() };
    let error = office.refused(&path, &tight);
    assert_eq!(error.code, Code::TooLarge, "{}", error.message);
    assert!(error.message.contains("16777216 bytes") && error.message.contains("split"), "{}", error.message);
}

#[test]
fn a_gigabyte_is_refused_without_being_read_whole() {
    let mut office = Office::new();
    // Rows without end: a sparse file of 1 GiB whose first megabytes are rows.
    let path = office.file("rows.csv", "Last name,First name\n".to_owned() + &"C,A\n".repeat(410_000));
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("a file");
    file.set_len(1 << 30).expect("a sparse file");
    let error = office.refused(&path, &csv("student"));
    assert_eq!(error.code, Code::TooLarge);
    assert!(error.message.contains("line 400002") && error.message.contains("400000 rows"), "{}", error.message);
    // One row without end: a quotation mark that never closes.
    let path = office.file("open.csv", "Last name,First name\n\"Cruz,");
    std::fs::OpenOptions::new().write(true).open(&path).expect("a file").set_len(1 << 30).expect("a sparse file");
    let error = office.refused(&path, &csv("student"));
    assert!(error.code == Code::TooLarge && error.message.contains("quotation"), "{}", error.message);
    // Limits are arguments.
    let path = office.file("small.csv", "Last name,First name\nCruz,Ana\nCruz,Ben\nCruz,Carl\n");
    let tight = Options { limits: Limits { rows: 2, ..Limits::OFFICE }, ..csv("student") };
    assert_eq!(office.refused(&path, &tight).code, Code::TooLarge);
}

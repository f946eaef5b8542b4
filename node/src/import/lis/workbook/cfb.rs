//! The outer shell of an `.xls`: a compound file ([MS-CFB]), a small FAT disk in which the workbook is one stream.
//!
//! Written here because the file is hostile input: readers that trust it follow a chain of sectors that bites its own tail for
//! ever. Invariant: a chain has at most as many sectors as the file, and nothing is allocated for what a header only claims.
//!
//! [MS-CFB]: https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb

pub(super) const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Sector numbers from here on are marks (free, end of chain), not sectors.
const MARKS: u32 = 0xFFFF_FFFA;
const MINI_SECTOR: usize = 64;
const ENTRY: usize = 128;
/// Where the first 109 numbers of FAT sectors stand in the header.
const HEADER_DIFAT: std::ops::Range<usize> = 76..512;

/// The workbook's stream, or why there is none.
pub(super) fn workbook(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let file = Compound::open(bytes)?;
    let entries = file.chain(u32_at(bytes, 48)?)?;
    let mut names = Vec::new();
    for entry in entries.chunks_exact(ENTRY) {
        let name = entry_name(entry);
        if name.eq_ignore_ascii_case("Workbook") {
            return file.stream(entry, &entries);
        }
        names.push(name);
    }
    if names.iter().any(|name| name.eq_ignore_ascii_case("Book")) {
        return Err("it was written by an Excel older than 97; open it and save it as .xlsx".to_owned());
    }
    if names.iter().any(|name| name == "EncryptedPackage") {
        return Err("it is protected by a password; save it without one".to_owned());
    }
    Err("it is an Office file, but no Excel workbook".to_owned())
}

struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Result<Compound<'a>, String> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged("its sector size")),
        };
        let mut file = Compound { bytes, sector, fat: Vec::new() };
        let mut fat_sectors: Vec<u32> =
            numbers(bytes.get(HEADER_DIFAT).ok_or_else(|| damaged("its header"))?).collect();
        let mut next = u32_at(bytes, 68)?;
        for _ in 0..file.sectors() {
            if next >= MARKS {
                break;
            }
            let more: Vec<u32> = numbers(file.sector(next)?).collect();
            let (last, rest) = more.split_last().ok_or_else(|| damaged("its list of sectors"))?;
            fat_sectors.extend(rest);
            next = *last;
        }
        fat_sectors.retain(|number| *number < MARKS);
        // Each sector of the FAT describes 128 others: a list longer than the file is a lie.
        if fat_sectors.len() > file.sectors() {
            return Err(damaged("its list of sectors"));
        }
        for number in fat_sectors {
            let part: Vec<u32> = numbers(file.sector(number)?).collect();
            file.fat.extend(part);
        }
        Ok(file)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    /// A sector; the last one of a file may be short.
    fn sector(&self, number: u32) -> Result<&'a [u8], String> {
        let start = (number as usize + 1) * self.sector;
        let end = (start + self.sector).min(self.bytes.len());
        self.bytes.get(start..end).ok_or_else(|| "it is cut off; get a fresh copy of it".to_owned())
    }

    fn chain(&self, first: u32) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut number = first;
        for _ in 0..=self.sectors() {
            if number >= MARKS {
                return Ok(out);
            }
            out.extend_from_slice(self.sector(number)?);
            number = *self.fat.get(number as usize).ok_or_else(|| damaged("a chain of sectors"))?;
        }
        Err(damaged("a chain of sectors"))
    }

    fn stream(&self, entry: &[u8], entries: &[u8]) -> Result<Vec<u8>, String> {
        let (first, size) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
        let mut stream = if size < u32_at(self.bytes, 56)? as usize {
            // Small streams live in sectors of 64 bytes inside the stream of the first entry.
            self.mini_chain(first, &self.chain(u32_at(entries, 116)?)?)?
        } else {
            self.chain(first)?
        };
        if stream.len() < size {
            return Err("it is cut off; get a fresh copy of it".to_owned());
        }
        stream.truncate(size);
        Ok(stream)
    }

    fn mini_chain(&self, first: u32, disk: &[u8]) -> Result<Vec<u8>, String> {
        let fat: Vec<u32> = numbers(&self.chain(u32_at(self.bytes, 60)?)?).collect();
        let mut out = Vec::new();
        let mut number = first;
        for _ in 0..=disk.len() / MINI_SECTOR {
            if number >= MARKS {
                return Ok(out);
            }
            let start = number as usize * MINI_SECTOR;
            let end = (start + MINI_SECTOR).min(disk.len());
            out.extend_from_slice(disk.get(start..end).ok_or_else(|| damaged("a small sector"))?);
            number = *fat.get(number as usize).ok_or_else(|| damaged("a chain of small sectors"))?;
        }
        Err(damaged("a chain of small sectors"))
    }
}

fn entry_name(entry: &[u8]) -> String {
    let units: Vec<u16> = entry[..64].as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    String::from_utf16_lossy(&units).split('\0').next().unwrap_or_default().to_owned()
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number))
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, String> {
    let two = bytes.get(at..at + 2).and_then(|two| two.try_into().ok());
    two.map(u16::from_le_bytes).ok_or_else(|| damaged("its header"))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, String> {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map(u32::from_le_bytes).ok_or_else(|| damaged("its header"))
}

fn damaged(what: &str) -> String {
    format!("it is damaged ({what} cannot be right); get a fresh copy of it")
}

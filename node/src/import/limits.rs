//! How much one import may bring. A file beyond a limit is refused with the limit's name, never read on in hope: the office
//! PCs are small, and a clerk must get an answer.

/// Limits of one import. [`Limits::OFFICE`] is what offices use; tests lower them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Rows of all files together. The largest Philippine school (17,167 learners) with guardians and nine classes each
    /// needs about 190,000; twice that still fits the memory of a 4 GB office PC.
    pub rows: u64,
    /// Bytes of one row. A row this long is a quotation mark that was never closed.
    pub row_bytes: u64,
    /// Bytes of all files together, unpacked: what stops a zip bomb. Real rows have about
    /// 150 bytes, so `rows` of them need half of it.
    pub bytes: u64,
    /// Files in one zip or folder. Bundles have about twenty.
    pub files: usize,
}

impl Limits {
    pub const OFFICE: Limits = Limits { rows: 400_000, row_bytes: 256 * 1024, bytes: 128 * 1024 * 1024, files: 1_000 };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::OFFICE
    }
}

//! The reference of an error: eight letters and figures in its line of the log and with the error itself, so that what somebody saw and
//! what the log says of it can be put together.

/// Without letters that sound or look alike, read out or written down: Crockford's.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `K7QF-2M9P`; made here alone, so that nothing else can be written in its place.
pub(crate) struct Reference([u8; 5]);

impl Reference {
    /// None where the system has no randomness, which says so wherever it matters.
    pub(super) fn fresh() -> Option<Reference> {
        let mut bytes = [0; 5];
        getrandom::fill(&mut bytes).ok()?;
        Some(Reference(bytes))
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.0.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for i in (0..8_u32).rev() {
            let five = (bits >> (5 * i)) & 31;
            write!(f, "{}", char::from(LETTERS[usize::try_from(five).unwrap_or_default()]))?;
            if i == 4 {
                f.write_str("-")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn a_reference_is_eight_letters_and_figures_in_two_halves() {
        assert_eq!(Reference([0, 0, 0, 0, 31]).to_string(), "0000-000Z");
        assert_eq!(Reference([255; 5]).to_string(), "ZZZZ-ZZZZ");
        assert_eq!(Reference([0, 68, 50, 20, 199]).to_string(), "0123-4567");
    }
}

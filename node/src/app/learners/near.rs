//! Names that are nearly what was typed: "abdula" finds Abdullah, "aguilr" finds Aguilar, as the duplicate check forgives them. Every
//! word of the directory stands here once, with the letters it is made of as bits and who has it as a list, so that a school of
//! 29,000 learners is a few thousand words to compare, most of which the bits alone rule out.
//!
//! Invariant: whoever is found by the letters as typed never comes after somebody who is only alike.

use super::entry::Entry;
use std::collections::{BTreeSet, HashMap};

/// Shorter words are too much alike for a wrong letter to mean anything; of these, a name has to be as long.
const SHORTEST: usize = 4;
/// From this length on two wrong letters are forgiven.
const LONG: usize = 8;

/// From how many changed entries on the words are read again.
const MANY: usize = 500;

/// The words of all entries, as they were when they were read; who changed since is compared by hand.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
    entries: usize,
    changed: BTreeSet<u32>,
}

#[derive(Debug)]
struct Name {
    word: Box<[u8]>,
    letters: u32,
    /// How it sounds ([`sound`]).
    sound: Box<[u8]>,
    /// Positions of the entries that have the word, in order.
    holders: Vec<u32>,
}

/// Which entries have a word that is like the one that was asked for.
pub(super) struct Alike(Vec<u64>);

impl Alike {
    pub(super) fn has(&self, at: u32) -> bool {
        self.0.get(at as usize / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }
}

impl Names {
    pub(super) fn of(entries: &[Entry]) -> Names {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<Name> = Vec::new();
        for (at, entry) in (0u32..).zip(entries) {
            for word in entry.words() {
                let place = *places.entry(word).or_insert_with(|| {
                    names.push(Name {
                        word: word.as_bytes().into(),
                        letters: letters(word.as_bytes()),
                        sound: sound(word.as_bytes()).into(),
                        holders: vec![],
                    });
                    names.len() - 1
                });
                let holders = &mut names[place].holders;
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
        }
        Names { names, entries: entries.len(), changed: BTreeSet::new() }
    }

    /// Another entry is at this place, or none. `false`: so much has changed that the words are to be read again.
    pub(super) fn changes(&mut self, at: usize) -> bool {
        self.changed.extend(u32::try_from(at));
        self.changed.len() <= MANY
    }

    /// The entries with a word that begins nearly as `word` (folded); `None` for a word of which no letter is forgiven. `short`: a word
    /// of four letters may lack one too, which is too much where something was found as it was typed.
    pub(super) fn alike(&self, word: &str, entries: &[Entry], short: bool) -> Option<Alike> {
        let word = word.as_bytes();
        if word.len() < SHORTEST || word.iter().any(|letter| !letter.is_ascii_alphabetic()) {
            return None;
        }
        let wanted = Wanted { word, letters: letters(word), sound: sound(word), short };
        let mut bits = vec![0u64; self.entries.max(entries.len()).div_ceil(64)];
        for name in &self.names {
            if wanted.is_alike(&name.word, name.letters, &name.sound) {
                for at in &name.holders {
                    bits[*at as usize / 64] |= 1 << (at % 64);
                }
            }
        }
        for at in &self.changed {
            let has = |name: &str| {
                let name = name.as_bytes();
                wanted.is_alike(name, letters(name), &sound(name))
            };
            let now = entries.get(*at as usize).is_some_and(|entry| entry.words().any(has));
            if let Some(part) = bits.get_mut(*at as usize / 64) {
                *part = (*part & !(1 << (at % 64))) | (u64::from(now) << (at % 64));
            }
        }
        Some(Alike(bits))
    }
}

/// A word that was asked for.
struct Wanted<'a> {
    word: &'a [u8],
    letters: u32,
    sound: Vec<u8>,
    short: bool,
}

impl Wanted<'_> {
    fn is_alike(&self, name: &[u8], letters: u32, sound: &[u8]) -> bool {
        let word = self.word;
        // Whoever writes by ear writes what sounds the same.
        if self.sound.len() >= SHORTEST && sound.starts_with(&self.sound) {
            return true;
        }
        let most = if word.len() >= LONG { 2 } else { 1 };
        // Each letter that the name does not have at all is one wrong letter at least.
        if (self.letters & !letters).count_ones() > most {
            return false;
        }
        if word.len() > SHORTEST || name.len() == word.len() {
            return begins_alike(word, name, most);
        }
        self.short && (lacks_one(word, name) || lacks_one(name, word))
    }
}

/// Whether `short` is `long` without one letter.
fn lacks_one(short: &[u8], long: &[u8]) -> bool {
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    long.len() == short.len() + 1 && short[same..] == long[same + 1..]
}

/// How a word sounds to who writes names by ear: Thyronne is Tyrone, Aquino is Akino, Jhon is John, Felipe is Philip with an E. One
/// letter for those that stand for one another, once where it is doubled, without an H that is not heard.
fn sound(word: &[u8]) -> Vec<u8> {
    let mut heard: Vec<u8> = Vec::with_capacity(word.len());
    let mut at = 0;
    while let Some(letter) = word.get(at) {
        let next = word.get(at + 1).copied();
        let (one, read) = match (letter, next) {
            (b'P', Some(b'H')) => (b'F', 2),
            (b'Q', Some(b'U')) => (b'K', 2),
            (b'C', Some(b'H')) => (b'X', 2),
            (b'C', Some(b'E' | b'I' | b'Y')) | (b'Z', _) => (b'S', 1),
            (b'C' | b'Q', _) => (b'K', 1),
            (b'V', _) => (b'B', 1),
            (b'Y', _) => (b'I', 1),
            (b'H', _) if at > 0 => (0, 1),
            (other, _) => (*other, 1),
        };
        if one != 0 && heard.last() != Some(&one) {
            heard.push(one);
        }
        at += read;
    }
    heard
}

fn letters(word: &[u8]) -> u32 {
    word.iter().filter(|letter| letter.is_ascii_uppercase()).fold(0, |bits, letter| bits | 1 << (letter - b'A'))
}

/// Whether some beginning of `name` is at most `most` edits from `word`: a letter added, left out, changed, or two neighbours
/// swapped.
fn begins_alike(word: &[u8], name: &[u8], most: u32) -> bool {
    /// Longer words are compared as far as this.
    const WIDEST: usize = 32;
    let word = &word[..word.len().min(WIDEST)];
    let name = &name[..name.len().min(word.len() + most as usize)];
    if name.len() + (most as usize) < word.len() {
        return false;
    }
    // One row for each letter of the name: edits from each beginning of the word to what was read of the name.
    let mut before = [0u32; WIDEST + 1];
    let mut last = [0u32; WIDEST + 1];
    let mut row = [0u32; WIDEST + 1];
    for (edits, at) in last[..=word.len()].iter_mut().zip(0..) {
        *edits = at;
    }
    let mut best = last[word.len()];
    for (read, letter) in name.iter().enumerate() {
        row[0] = last[0] + 1;
        for at in 1..=word.len() {
            let changed = last[at - 1] + u32::from(word[at - 1] != *letter);
            row[at] = changed.min(last[at] + 1).min(row[at - 1] + 1);
            if at > 1 && read > 0 && word[at - 1] == name[read - 1] && word[at - 2] == *letter {
                row[at] = row[at].min(before[at - 2] + 1);
            }
        }
        best = best.min(row[word.len()]);
        if row[..=word.len()].iter().all(|edits| *edits > most) {
            break;
        }
        before = last;
        last = row;
    }
    best <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(word: &str, name: &str) -> bool {
        let most = if word.len() >= LONG { 2 } else { 1 };
        let bits = (letters(word.as_bytes()) & !letters(name.as_bytes())).count_ones() <= most;
        let exact = begins_alike(word.as_bytes(), name.as_bytes(), most);
        assert!(bits || !exact, "the bits rule out what is alike: {word} {name}");
        exact
    }

    #[test]
    fn one_wrong_letter_is_forgiven_in_the_beginning_of_a_name_and_two_in_a_long_one() {
        for (word, name) in [
            ("ABDULA", "ABDULLAH"),
            ("AGUILR", "AGUILAR"),
            ("AGULIAR", "AGUILAR"),
            ("CRUS", "CRUZ"),
            ("JHON", "JOHN"),
            ("VILANUEVA", "VILLANUEVA"),
            ("VILANUEBA", "VILLANUEVA"),
            ("SANTOOS", "SANTOS"),
            ("KRISTINE", "CHRISTINE"),
            ("DELACRUS", "DELACRUZJUAN"),
        ] {
            assert!(alike(word, name), "{word} {name}");
        }
        for (word, name) in
            [("ABDULA", "ABALLA"), ("REYES", "RAMOS"), ("SANTOS", "SANDOVAL"), ("CRUZ", "CARE"), ("AGUILR", "AGA")]
        {
            assert!(!alike(word, name), "{word} {name}");
        }
    }

    #[test]
    fn what_sounds_the_same_is_alike_and_a_short_name_may_lack_a_letter() {
        let found = |word: &str, name: &str| {
            let wanted = Wanted {
                word: word.as_bytes(),
                letters: letters(word.as_bytes()),
                sound: sound(word.as_bytes()),
                short: true,
            };
            wanted.is_alike(name.as_bytes(), letters(name.as_bytes()), &sound(name.as_bytes()))
        };
        for (word, name) in [
            ("MRIA", "MARIA"),
            ("ANNA", "ANA"),
            ("TYRONE", "THYRONNE"),
            ("THIRONE", "THYRONNE"),
            ("AKINO", "AQUINO"),
            ("JHON", "JOHN"),
            ("VILLACORTA", "BILLAKORTA"),
            ("CECILIA", "SESILYA"),
            ("ROKE", "ROQUE"),
        ] {
            assert!(found(word, name), "{word} {name}");
        }
        for (word, name) in
            [("MRIA", "MARIO"), ("JOSE", "ROSEL"), ("AKINO", "ALINSOD"), ("TYRONE", "TERESA"), ("LUNA", "LINDO")]
        {
            assert!(!found(word, name), "{word} {name}");
        }
    }

    #[test]
    fn short_words_and_numbers_are_taken_as_typed() {
        let names = Names::default();
        assert!(names.alike("ANA", &[], true).is_none() && names.alike("1367", &[], true).is_none());
        assert!(names.alike("ANNA", &[], true).is_some());
    }
}

//! Changes at random, with a seed: what a fuzzer without coverage can do. Enough to find what is brittle.

/// Pieces that formats here are made of, and that their readers may stumble over.
const PIECES: [&[u8]; 44] = [
    b"\"",
    b"'",
    b"<",
    b">",
    b"</",
    b"/>",
    b"&",
    b"&#0;",
    b"&lt;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"${",
    b"#{",
    b"(",
    b")",
    b".",
    b"..",
    b"/",
    b"%00",
    b"\0",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"-1",
    b"0",
    b"1e308",
    b"18446744073709551616",
    b"null",
    b"true",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\xc3\x28",
    b"\xf0\x9f\xa6\x80",
    b"PT1S",
    b"chunked",
    b"_history",
];

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Mutator {
    state: u64,
}

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number below `count`, which is not zero.
    pub fn below(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = mixed ^ (mixed >> 31);
        usize::try_from(number % u64::try_from(count).expect("usize has at most 64 bits"))
            .expect("below a usize")
    }

    /// One to eight changes of a text, with parts of another; at most `bytes_max` long.
    pub fn change(&mut self, text: &[u8], other: &[u8], bytes_max: usize) -> Vec<u8> {
        let mut changed = text.to_vec();
        for _ in 0..=self.below(8) {
            self.change_once(&mut changed, other);
        }
        changed.truncate(bytes_max);
        changed
    }

    fn change_once(&mut self, text: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(text.len() + 1);
        let span = self.span(text.len() - at);
        match self.below(8) {
            0 => {
                if let Some(byte) = text.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => text.insert(at, u8::try_from(self.below(256)).expect("a byte")),
            2 => drop(text.drain(at..at + span)),
            3 => {
                let part = text[at..at + span].to_vec();
                let times = 1 + self.below(4);
                insert(text, at, &part.repeat(times));
            }
            4 => insert(text, at, PIECES[self.below(PIECES.len())]),
            5 => {
                let piece = PIECES[self.below(PIECES.len())];
                text.splice(at..at + span, piece.iter().copied());
            }
            6 => {
                let from = self.below(other.len() + 1);
                let length = self.span(other.len() - from);
                insert(text, at, &other[from..from + length]);
            }
            _ => text.truncate(at),
        }
    }

    /// Mostly short.
    fn span(&mut self, longest: usize) -> usize {
        let longest = if self.below(8) == 0 { longest } else { longest.min(24) };
        self.below(longest + 1)
    }
}

fn insert(text: &mut Vec<u8>, at: usize, part: &[u8]) {
    text.splice(at..at, part.iter().copied());
}

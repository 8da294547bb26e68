//! Text with single blanks and without characters that nobody sees.

/// Collects clean text up to a limit.
#[derive(Debug)]
pub(super) struct Folded {
    out: String,
    blank: bool,
    bytes_left: usize,
    chars_left: usize,
}

impl Folded {
    /// Collects at most this many characters.
    pub(super) fn chars(max: usize) -> Self {
        Self { out: String::new(), blank: false, bytes_left: usize::MAX, chars_left: max }
    }

    /// Collects at most this many bytes of UTF-8.
    pub(super) fn bytes(max: usize) -> Self {
        Self { out: String::new(), blank: false, bytes_left: max, chars_left: usize::MAX }
    }

    /// Whether nothing more will be taken.
    pub(super) fn is_full(&self) -> bool {
        self.bytes_left == 0 || self.chars_left == 0
    }

    /// Ends a word.
    pub(super) fn blank(&mut self) {
        self.blank = true;
    }

    /// Takes what can be seen of a text.
    pub(super) fn push_str(&mut self, text: &str) {
        let mut rest = text;
        while !self.is_full() && !rest.is_empty() {
            // Most of a text are plain words with single blanks, which are taken whole.
            let (words, tail) = rest.split_at(plain(rest.as_bytes()));
            self.push_plain(words);
            let Some(c) = tail.chars().next() else { return };
            if c.is_whitespace() {
                self.blank();
            } else if let Some(c) = visible(c) {
                self.push(c);
            }
            rest = tail.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    /// Takes words that are clean already.
    fn push_plain(&mut self, words: &str) {
        let Some(first) = words.chars().next() else { return };
        self.push(first);
        let left = self.bytes_left.min(self.chars_left);
        let rest = words.get(1..).unwrap_or_default();
        let rest = rest.get(..left).unwrap_or(rest);
        self.out.push_str(rest);
        self.bytes_left -= rest.len();
        self.chars_left -= rest.len();
    }

    fn push(&mut self, c: char) {
        if self.blank && !self.out.is_empty() {
            self.put(' ');
        }
        self.blank = false;
        self.put(c);
    }

    fn put(&mut self, c: char) {
        if c.len_utf8() > self.bytes_left || self.chars_left == 0 {
            self.bytes_left = 0;
            return;
        }
        self.out.push(c);
        self.bytes_left -= c.len_utf8();
        self.chars_left -= 1;
    }

    /// The text.
    pub(super) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}

/// The length of the visible ASCII at the beginning of a text, single blanks within it included.
fn plain(text: &[u8]) -> usize {
    let mut length = plain_stretches(text);
    while let Some(byte) = text.get(length) {
        let within = *byte == b' ' && length > 0 && text.get(length + 1).is_some_and(u8::is_ascii_graphic);
        if !within && !byte.is_ascii_graphic() {
            break;
        }
        length += 1;
    }
    length
}

/// The same in whole stretches only, looked at all at once, which is much faster. Ends with no blank.
#[expect(clippy::needless_bitwise_bool, reason = "lazy operators would look at the bytes one by one")]
fn plain_stretches(text: &[u8]) -> usize {
    let mut length = 0;
    while let Some(stretch) = text.get(length..length + STRETCH) {
        let second = stretch.get(1..).unwrap_or_default();
        let visible = stretch.iter().fold(true, |all, it| all & (*it >= b' ') & (*it < 0x7f));
        let doubled =
            stretch.iter().zip(second).fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')));
        if !visible || doubled || (length == 0 && stretch.first() == Some(&b' ')) {
            break;
        }
        length += if stretch.last() == Some(&b' ') { STRETCH - 1 } else { STRETCH };
    }
    length
}

/// Bytes looked at at once.
const STRETCH: usize = 32;

/// One line of a text from outside, without what steers a terminal or a reader's eye.
pub(crate) fn one_line(text: &str) -> String {
    let kept: String =
        text.chars().filter_map(|c| if c.is_whitespace() { Some(' ') } else { visible(c) }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The character as it is kept: none for control, direction, joining and invisible characters.
fn visible(c: char) -> Option<char> {
    match c {
        '\u{80}'..='\u{9f}' => windows_1252(c),
        '\0'..='\u{1f}'
        | '\u{7f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}' => None,
        _ => Some(c),
    }
}

/// What a C1 control character stands for in texts that were written on Windows.
fn windows_1252(c: char) -> Option<char> {
    let byte = [u8::try_from(u32::from(c)).ok()?];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().filter(|it| !it.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_dropped_and_blanks_are_one() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            let mut folded = Folded::chars(1_000);
            folded.push_str(text);
            assert_eq!(folded.finish(), expected);
        }
        check("  a \t\r\n\u{a0}\u{2028} b  ", "a b");
        let long = "Words of one line and a blank at thirty-two of them, twice. ".repeat(4);
        check(&long, long.trim());
        check(&long.replace(' ', "  "), long.trim());
        check(&long.replace("at ", "at\n"), long.trim());
        check("\u{1b}[31mred\u{1b}[0m", "[31mred[0m");
        check("\u{9b}31m it\u{92}s", "›31m it’s");
        check("so\u{ad}ft \u{feff}\u{2066}x\u{2069}", "soft x");
    }

    #[test]
    fn a_limit_never_cuts_a_character() {
        let mut folded = Folded::bytes(5);
        folded.push_str("äöü");
        assert!(folded.is_full());
        assert_eq!(folded.finish(), "äö");
    }
}

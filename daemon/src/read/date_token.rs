//! A date in pieces.

/// Tokens of a date that is still one.
const TOKENS_MAX: usize = 48;

/// A piece of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits.
    Number {
        /// What they say.
        value: u64,
        /// How many there are.
        digits: usize,
        /// The sign right before them.
        before: Option<char>,
    },
    /// Letters, lower case.
    Word(String),
    /// Anything else; `T` for the letter between date and time.
    Sign(char),
}

/// Cuts a date into pieces; too many digits or pieces give none.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let text = text.to_lowercase().replace("a.m", "am").replace("p.m", "pm");
    let mut out: Vec<Token> = Vec::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        if out.len() == TOKENS_MAX {
            return Vec::new();
        }
        let same = |it: char| if c.is_ascii_digit() { it.is_ascii_digit() } else { it.is_alphabetic() };
        let length = if c.is_ascii_digit() || c.is_alphabetic() {
            rest.find(|it| !same(it)).unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        let (piece, tail) = rest.split_at(length);
        rest = tail;
        match piece.parse() {
            Ok(value) if c.is_ascii_digit() => {
                let before = match out.last() {
                    Some(Token::Sign(sign)) => Some(*sign),
                    _ => None,
                };
                out.push(Token::Number { value, digits: length, before });
            }
            _ if c.is_ascii_digit() => return Vec::new(),
            _ if c.is_alphabetic() => word(piece, tail, &mut out),
            _ if c.is_whitespace() => {}
            _ => out.push(Token::Sign(c)),
        }
    }
    out
}

/// A word; right after a number it may be the mark that East Asian dates put there.
fn word(piece: &str, tail: &str, out: &mut Vec<Token>) {
    let after_number = matches!(out.last(), Some(Token::Number { .. }));
    let before_number = tail.starts_with(|c: char| c.is_ascii_digit());
    let mark = match piece {
        "年" | "년" | "月" | "월" => Some('-'),
        "日" | "일" | "号" | "秒" | "초" => Some(' '),
        "時" | "时" | "点" | "시" | "分" | "분" => Some(':'),
        "t" if before_number => Some('T'),
        _ => None,
    };
    match mark {
        Some(mark) if after_number => out.push(Token::Sign(mark)),
        _ => out.push(Token::Word(piece.to_owned())),
    }
}

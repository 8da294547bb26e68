//! The clock time in a date.

use jiff::civil;

use super::date_token::Token;

/// A clock time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
}

impl Clock {
    /// Takes the time out of the tokens; the outer none is for a time that no clock shows.
    #[expect(clippy::option_option, reason = "no time and no such time lead to different dates")]
    pub(super) fn take(tokens: &mut Vec<Token>) -> Option<Option<Self>> {
        let half = take_half(tokens);
        match take_full(tokens, half).or_else(|| take_compact(tokens, half)) {
            None => Some(None),
            Some(clock) => clock.map(Some),
        }
    }

    /// The day and time it shows on a day; 24:00 is the midnight at its end.
    pub(super) fn on(self, date: civil::Date) -> Option<(civil::Date, civil::Time)> {
        let midnight = self.hour == 24 && self.minute == 0;
        let (date, hour) = if midnight { (date.tomorrow().ok()?, 0) } else { (date, self.hour) };
        let time = civil::Time::new(hour, self.minute, self.second.min(59), self.nanosecond).ok()?;
        Some((date, time))
    }
}

/// Takes `h:mm`, with seconds and their fraction if they are there.
#[expect(clippy::option_option, reason = "the inner none is a time that no clock shows")]
fn take_full(tokens: &mut Vec<Token>, half: Option<u64>) -> Option<Option<Clock>> {
    let colon = tokens.windows(3).position(|it| {
        matches!(
            it,
            [Token::Number { digits: 1 | 2, .. }, Token::Sign(':'), Token::Number { digits: 1 | 2, .. }]
        )
    })?;
    let number = |at: usize| match tokens.get(at) {
        Some(Token::Number { value, .. }) => Some(*value),
        _ => None,
    };
    let sign =
        |at: usize, signs: &[char]| matches!(tokens.get(at), Some(Token::Sign(it)) if signs.contains(it));
    let mut end = colon + 3;
    let mut second = 0;
    let mut nanosecond = 0;
    if let (true, Some(value)) = (sign(end, &[':']), number(end + 1)) {
        second = value;
        end += 2;
        if sign(end, &['.', ',', ':'])
            && let Some(Token::Number { value, digits, .. }) = tokens.get(end + 1)
        {
            nanosecond = fraction(*value, *digits);
            end += 2;
        }
    }
    let clock = clock(number(colon)?, number(colon + 2)?, second, nanosecond, half);
    tokens.splice(colon..end, [Token::Sign(' ')]);
    Some(clock)
}

/// `T10`, `T1014` and `T101455`.
#[expect(clippy::option_option, reason = "the inner none is a time that no clock shows")]
fn take_compact(tokens: &mut Vec<Token>, half: Option<u64>) -> Option<Option<Clock>> {
    let at = tokens.windows(2).position(|it| matches!(it, [Token::Sign('T'), Token::Number { .. }]))?;
    let Some(Token::Number { value, digits, .. }) = tokens.get(at + 1) else { return None };
    let clock = match digits {
        1 | 2 => clock(*value, 0, 0, 0, half),
        4 => clock(value / 100, value % 100, 0, 0, half),
        6 => clock(value / 10_000, value / 100 % 100, value % 100, 0, half),
        _ => None,
    };
    tokens.drain(at..at + 2);
    Some(clock)
}

/// Takes the half of the day out of the tokens: the hour it begins at.
fn take_half(tokens: &mut Vec<Token>) -> Option<u64> {
    let half = |token: &Token| match token {
        Token::Word(word) => match word.as_str() {
            "am" | "오전" | "上午" | "午前" | "πμ" => Some(0),
            "pm" | "오후" | "下午" | "午後" | "μμ" => Some(12),
            _ => None,
        },
        _ => None,
    };
    let at = tokens.iter().position(|it| half(it).is_some())?;
    half(&tokens.remove(at))
}

fn clock(hour: u64, minute: u64, second: u64, nanosecond: i32, half: Option<u64>) -> Option<Clock> {
    let hour = match half {
        Some(begins) if hour <= 12 => hour % 12 + begins,
        _ => hour,
    };
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    Some(Clock {
        hour: i8::try_from(hour).ok()?,
        minute: i8::try_from(minute).ok()?,
        second: i8::try_from(second).ok()?,
        nanosecond,
    })
}

fn fraction(value: u64, digits: usize) -> i32 {
    match u32::try_from(digits) {
        Ok(digits @ 0..=9) => i32::try_from(value * 10_u64.pow(9 - digits)).unwrap_or(0),
        _ => 0,
    }
}

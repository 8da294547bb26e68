//! What time alone brings about: expectations missed, surges, silence.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use storyline_store::Event;

use super::{definitions::Definitions, memory::Memory, rules_file::HabitRules, thread::Thread};

/// The events that are due at a time.
pub fn due(definitions: &Definitions, memory: &Memory, now: Timestamp) -> Vec<Event> {
    let habit = &definitions.rules.table.habit;
    let mut events = Vec::new();
    for story in &definitions.stories {
        let Some(thread) = memory.thread(&story.id) else { continue };
        let storyline = || story.id.clone();
        events.extend(thread.expectations.iter().filter(|(_, it)| it.due <= now).map(|(date, it)| {
            Event::ExpectationMissed { storyline: storyline(), date: *date, what: it.what.clone() }
        }));
        let (last_24h, usual) = (thread.last_day(now), usual(thread, now));
        if surges(habit, thread, last_24h, usual, now) {
            events.push(Event::StorylineSurged { storyline: storyline(), last_24h, usual });
        }
        if is_silent(habit, thread, usual, now) {
            events.push(Event::StorylineQuieted { storyline: storyline(), usual });
        }
    }
    events
}

/// Reports a day over the week before the last day that had any, rounded up.
fn usual(thread: &Thread, now: Timestamp) -> u32 {
    let today = TimeZone::UTC.to_datetime(thread.last_report.unwrap_or(now).min(now)).date();
    let week = thread.days.range(..today).rev().take(7);
    let (days, reports) = week.fold((0_u32, 0_u32), |(days, sum), (_, count)| (days + 1, sum + count));
    let span =
        thread.days.keys().next().and_then(|first| today.since(*first).ok()).map_or(0, |it| it.get_days());
    let span = u32::try_from(span.clamp(0, 7)).unwrap_or_default().max(days).max(1);
    reports.div_ceil(span)
}

fn surges(habit: &HabitRules, thread: &Thread, last_24h: u32, usual: u32, now: Timestamp) -> bool {
    let told = thread.last_surge.is_some_and(|it| now.duration_since(it) < SignedDuration::from_hours(24));
    !told && thread.days.len() >= 3 && last_24h >= habit.reports_min && last_24h >= habit.times * usual.max(1)
}

fn is_silent(habit: &HabitRules, thread: &Thread, usual: u32, now: Timestamp) -> bool {
    let hours = SignedDuration::from_hours(i64::from(habit.quiet_hours));
    let silent = thread.last_report.is_some_and(|it| now.duration_since(it) >= hours);
    silent && !thread.is_quiet && usual >= habit.quiet_usual
}

#[cfg(test)]
mod tests {
    use storyline_config::Config;
    use storyline_store::{Recorded, Seq};

    use super::*;
    use crate::detect::{detect, tests::items};

    /// What time brings about at an hour, after reports at some hours.
    fn after(reports: &[u32], hour: u32) -> Vec<Event> {
        let text = "[storyline.port]\ntitle = \"x\"\nall = [[\"port\"]]";
        let definitions = Definitions::compile(&Config::parse("storyline.toml", text).unwrap().config);
        let word = |at: usize| "abcdefgh".chars().cycle().skip(at % 8).take(4).collect::<String>();
        let story: Vec<String> = (0..)
            .zip(reports)
            .map(|(at, hour)| format!("{hour} Paper {at} | {} port {}", word(at), word(at / 8)))
            .collect();
        let mut memory = Memory::default();
        let all = items(&story.join("\n"));
        let start = all.first().unwrap().effective;
        for item in &all {
            for event in detect(&definitions, &memory, item, item.effective) {
                memory.observe(&Recorded { seq: Seq(1), at: item.effective, event });
            }
        }
        due(&definitions, &memory, start + SignedDuration::from_hours(i64::from(hour)))
    }

    #[test]
    fn much_in_a_day_is_a_surge_and_nothing_after_a_habit_is_quiet() {
        let calm: Vec<u32> = (0..6).map(|it| it * 24).collect();
        assert_eq!(after(&calm, 130), [], "one a day is a habit, if a small one");
        let burst: Vec<u32> = calm.iter().copied().chain(std::iter::repeat_n(130, 12)).collect();
        assert!(matches!(after(&burst, 131).as_slice(), [Event::StorylineSurged { last_24h: 12.., .. }]));
        let busy: Vec<u32> = (0..30).map(|it| it * 5).collect();
        assert_eq!(after(&busy, 160), []);
        assert!(
            matches!(after(&busy, 210).as_slice(), [Event::StorylineQuieted { .. }]),
            "{:?}",
            after(&busy, 210)
        );
    }
}

//! What time alone brings about: expectations missed, surges, silence.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use storyline_store::Event;

use super::{definitions::Definitions, memory::Memory, rules::HabitRules, thread::Thread};

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

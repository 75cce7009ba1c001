//! The timeline on a terminal.

use std::io;

use chrono::NaiveDateTime;

use super::super::output::Out;
use crate::domain::message::Channel;
use crate::outbound::demonstration::Intake;
use crate::outbound::demonstration::timeline::{Day, Entry, Fate, Timeline};
use crate::outbound::story::reason_in_words;
use crate::outbound::wording::{channel_in_words, hold_in_words, one_line, standing_in_words};

/// How much of a text its line shows.
const TEXT_WIDTH: usize = 52;

pub(super) fn intake(out: &mut Out, intake: Intake) -> io::Result<()> {
    let Intake {
        rows,
        taken,
        refused,
        planned,
    } = intake;
    out.line(format_args!(
        "\nImported {taken} of {rows} rows ({refused} refused: some are bad on purpose), which planned {planned} messages.\n"
    ))
}

pub(super) fn days(out: &mut Out, timeline: &Timeline) -> io::Result<()> {
    for (date, day) in &timeline.days {
        let evening = if day.evening.is_empty() {
            String::new()
        } else {
            format!(" ({})", day.evening.join(", "))
        };
        out.line(format_args!("{}{evening}", date.format("%A %-d %B")))?;
        lines(day).into_iter().try_for_each(|(_, line)| out.line(line))?;
    }
    Ok(())
}

fn lines(day: &Day) -> Vec<(NaiveDateTime, String)> {
    let messages = day.entries.iter().map(|entry| (entry.at, message(entry)));
    let news = day
        .news
        .iter()
        .map(|(at, what)| (*at, format!("  {}  *     {what}", at.format("%H:%M"))));
    let mut lines: Vec<_> = news.chain(messages).collect();
    lines.sort_by_key(|(at, _)| *at);
    lines
}

fn message(entry: &Entry) -> String {
    let text = || format!("\u{201c}{}\u{201d}", one_line(gist(entry), TEXT_WIDTH));
    let (mark, rest) = match entry.fate {
        Fate::Sent(channel) => (channel_in_words(channel), text()),
        Fate::ToPhone => ("call", text().replace('"', "")),
        Fate::NotSent(reason) => ("-", format!("not sent: {}", reason_in_words(reason))),
        Fate::Other(state, hold) => (
            "-",
            hold.map_or_else(|| standing_in_words(state, None), hold_in_words)
                .to_owned(),
        ),
    };
    let who = one_line(&entry.who, 20);
    format!(
        "  {}  {mark:<4}  {who:<20}  {:<20}  {rest}",
        entry.at.format("%H:%M"),
        entry.message
    )
}

/// A text without what every one of them begins with: the business's name, or a mail's greeting.
fn gist(entry: &Entry) -> &str {
    let after = match entry.fate {
        Fate::Sent(Channel::Sms) => entry.text.split_once(": "),
        Fate::Sent(_) => entry.text.split_once("\n\n"),
        _ => None,
    };
    after.map_or(entry.text.as_str(), |(_, gist)| gist)
}

pub(super) fn sums(out: &mut Out, timeline: &Timeline) -> io::Result<()> {
    out.line(format_args!(
        "\n{:<34}{:>6}{:>6}{:>6}",
        "In these two weeks", "texts", "mails", "calls"
    ))?;
    let dash = |count: &u64| if *count == 0 { "-".to_owned() } else { count.to_string() };
    for ((business, message), [texts, mails, calls]) in &timeline.sent {
        out.line(format_args!(
            "  {business:<10} {message:<21}{:>6}{:>6}{:>6}",
            dash(texts),
            dash(mails),
            dash(calls)
        ))?;
    }
    out.line("Not sent, because")?;
    let mut reasons: Vec<_> = timeline.not_sent.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, count) in reasons {
        out.line(format_args!("  {count:>4}  {}", reason_in_words(*reason)))?;
    }
    out.line(format_args!(
        "{} customers are still to be phoned; the desk says who, by when, and what to say.",
        timeline.calls_open
    ))
}

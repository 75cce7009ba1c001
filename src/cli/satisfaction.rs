//! `daybefore satisfaction`: CSAT, NPS, CES and the response rate, with n and an interval.

use chrono::NaiveDate;

use super::choice::{day, one_of};
use super::context::{Context, known_business};
use super::output::Out;
use crate::domain::satisfaction::Estimate;
use crate::outbound::satisfaction::{By, Figures, Span, figures};
use crate::store::Open;

/// With fewer answers a score is hardly more than a guess.
const FEW: u32 = 30;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this business.
    #[arg(long, value_name = "ID")]
    business: Option<String>,
    /// Tells services or months apart.
    #[arg(long, value_name = "WHAT", value_parser = one_of(By::ALL, By::as_str))]
    by: Option<By>,
    /// Counts what was asked from this day on, like 2026-01-01.
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<NaiveDate>,
    /// Counts what was asked until the end of this day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<NaiveDate>,
    /// Prints one JSON object per business, service or month.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let store = context.store(Open::Existing).await?;
    known_business(&store, args.business.as_deref()).await?;
    if let (Some(since), Some(until)) = (args.since, args.until) {
        anyhow::ensure!(
            since <= until,
            "--since {since} is after --until {until}: exchange them"
        );
    }
    let span = Span {
        business_id: args.business,
        since: args.since,
        until: args.until,
    };
    let figures = figures(&mut store.read().await?, &context.zones()?, &span, args.by).await?;
    if args.json {
        for figures in figures {
            out.json(&figures.rounded())?;
        }
        return Ok(());
    }
    if figures.is_empty() {
        return Ok(out.line("nobody was asked how it went")?);
    }
    for line in table(figures.into_iter().map(Figures::rounded).collect()) {
        out.line(line)?;
    }
    Ok(())
}

/// One line a scale that somebody answered on, its columns aligned.
fn table(figures: Vec<Figures>) -> Vec<String> {
    let mut rows = vec![
        [
            "",
            "sent",
            "delivered",
            "answered",
            "response",
            "score",
            "95 % interval",
            "mean",
            "n",
        ]
        .map(str::to_owned),
    ];
    let mut few = false;
    for group in figures {
        let name = match &group.group {
            Some(name) => format!("{} {name}", group.business),
            None => group.business.clone(),
        };
        let response = group
            .response
            .rate
            .map_or_else(|| "-".to_owned(), |rate| format!("{:.1} %", rate.value));
        let counts = [group.sent, group.response.delivered, group.response.answered].map(|count| count.to_string());
        let scales = scales(&group);
        few |= scales.iter().any(|(_, n)| *n < FEW);
        if scales.is_empty() {
            let [sent, delivered, answered] = counts.clone();
            let none = || "-".to_owned();
            rows.push([
                name.clone(),
                sent,
                delivered,
                answered,
                response.clone(),
                "no answers".to_owned(),
                none(),
                none(),
                "0".to_owned(),
            ]);
        }
        for (at, (cells, n)) in scales.into_iter().enumerate() {
            let [score, interval, mean] = cells;
            // A second scale of the same group repeats no count.
            let once = |text: &str| if at == 0 { text.to_owned() } else { String::new() };
            rows.push([
                once(&name),
                once(&counts[0]),
                once(&counts[1]),
                once(&counts[2]),
                once(&response),
                score,
                interval,
                mean,
                n.to_string(),
            ]);
        }
    }
    let mut lines = aligned(&rows);
    if few {
        lines.push(format!(
            "With fewer than {FEW} answers look at the interval, not at the score."
        ));
    }
    lines
}

/// Score, interval and mean of every scale that somebody answered on, and how many did.
fn scales(group: &Figures) -> Vec<([String; 3], u32)> {
    let interval = |estimate: Option<Estimate>| {
        estimate.map_or_else(String::new, |estimate| {
            format!("{:.1} to {:.1}", estimate.low, estimate.high)
        })
    };
    let mean = |estimate: Option<Estimate>| estimate.map_or_else(String::new, |mean| format!("{:.2}", mean.value));
    let (csat, nps, ces) = (group.csat, group.nps, group.ces);
    let share = |estimate: Option<Estimate>| estimate.map_or(0.0, |share| share.value);
    let all = [
        (
            [
                format!("CSAT {:.1} % gave 4 or 5", share(csat.satisfied)),
                interval(csat.satisfied),
                mean(csat.mean),
            ],
            csat.n,
        ),
        (
            [
                format!("NPS {:+.1}", share(nps.score)),
                interval(nps.score),
                String::new(),
            ],
            nps.n,
        ),
        (
            [
                format!("CES {:.1} % gave 5 to 7", share(ces.easy)),
                interval(ces.easy),
                mean(ces.mean),
            ],
            ces.n,
        ),
    ];
    all.into_iter().filter(|(_, n)| *n > 0).collect()
}

fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<_> = (0..N).map(width).collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<_> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::satisfaction::{Scores, ces, csat, nps, response_rate};

    fn group(name: Option<&str>, scores: &[i64]) -> Figures {
        let mut given = Scores::default();
        for score in scores {
            given.add(*score);
        }
        let answered = u32::try_from(scores.len()).unwrap();
        Figures {
            business: "shop".to_owned(),
            group: name.map(str::to_owned),
            sent: 12,
            response: response_rate(answered, 10),
            csat: csat(&given),
            nps: nps(&Scores::default()),
            ces: ces(&Scores::default()),
        }
        .rounded()
    }

    #[test]
    fn a_table_says_what_it_counts_and_how_far_to_trust_it() {
        let table = table(vec![group(Some("Oil"), &[5, 4, 4, 1]), group(Some("Tyres"), &[])]);
        insta::assert_snapshot!(format!("\n{}", table.join("\n")), @"

                    sent  delivered  answered  response  score                    95 % interval  mean  n
        shop Oil    12    10         4         40.0 %    CSAT 75.0 % gave 4 or 5  30.1 to 95.4   3.50  4
        shop Tyres  12    10         0         0.0 %     no answers               -              -     0
        With fewer than 30 answers look at the interval, not at the score.
        ");
    }
}

//! Makes the weights of the second opinion on answers (`src/domain/reply/second_opinion.rs`) from the labelled ones in
//! `tests/replies`: the mean of two linear support vector machines, one of them over features weighed by how much they tell
//! (Wang and Manning, 2012). It leaves one author out at a time and prints how answers of somebody unknown would be understood.
//!
//! ```text
//! cargo run --release --example second_opinion               prints the figures of each author left out
//! cargo run --release --example second_opinion -- --wrong    and what would be done wrongly
//! cargo run --release --example second_opinion -- --missed   and what clear ones would be left to a person
//! cargo run --release --example second_opinion -- --write    and writes the weights, made from all of them
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use daybefore::domain::message::Asks;
use daybefore::domain::reply::second_opinion::{BUCKETS, Feature, SecondOpinion, Weights, features};
use daybefore::domain::reply::{Action, Understood, understand_with};
use labelled::{Labelled, files};

#[path = "../tests/replies/labelled.rs"]
mod labelled;
#[path = "../tests/replies/made_from.rs"]
mod made_from;

/// A labelled answer, and what is learnt from.
#[derive(Debug)]
struct Example {
    row: Labelled,
    author: String,
    features: Vec<Feature>,
    /// Whether the second opinion on a yes is asked for at all: what the rules never take for one teaches nothing, and
    /// "yes, at ten" would teach that such words are no yes.
    may_be_yes: bool,
}

impl Example {
    fn new(row: Labelled, author: &str) -> Self {
        let features = features(row.question(), row.locale(), &row.text);
        let mut example = Self {
            row,
            author: author.to_owned(),
            features,
            may_be_yes: false,
        };
        let lenient = SecondOpinion {
            accept: constant(i8::MAX.cast_unsigned()),
            opt_out: constant(0),
        };
        let accepted = |action| action == Action::Accept;
        example.may_be_yes = accepted(example.row.action) || accepted(example.understood(&lenient).action);
        example
    }

    fn understood(&self, opinion: &SecondOpinion) -> Understood {
        let row = &self.row;
        understand_with(opinion, row.question(), row.locale(), &row.text, row.booked())
    }
}

/// The labelled answers, and private texts, of which none is an answer.
fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for (stem, text) in files("tuned") {
        // `second` and `third` are halves of one person's.
        let author = match stem.split_once('-').map_or("first", |(author, _)| author) {
            "third" => "second",
            author => author,
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let row = serde_json::from_str(line).unwrap_or_else(|error| panic!("{stem}: {error}: {line}"));
            examples.push(Example::new(row, author));
        }
    }
    for (locale, text) in files("private") {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            for asked in [Asks::Nothing, Asks::Confirm] {
                let row = Labelled {
                    locale: locale.clone(),
                    asked,
                    scale: None,
                    at: None,
                    on: None,
                    text: line.to_owned(),
                    action: Action::Desk,
                    score: None,
                    clear: false,
                };
                examples.push(Example::new(row, "private"));
            }
        }
    }
    examples
}

/// Weights that find the same in every answer.
fn constant(weight: u8) -> Weights {
    let step: u32 = 1_000_000;
    let mut bytes = step.to_le_bytes().to_vec();
    bytes.resize(bytes.len() + BUCKETS, weight);
    Weights::read(&bytes)
}

/// The bytes of the weights for a yes and for an opt-out.
fn train(examples: &[&Example]) -> [Vec<u8>; 2] {
    let yes: Vec<&Example> = examples.iter().copied().filter(|example| example.may_be_yes).collect();
    [machine(&yes, Action::Accept), machine(examples, Action::OptOut)]
}

fn opinion([accept, opt_out]: &[Vec<u8>; 2]) -> SecondOpinion {
    SecondOpinion {
        accept: Weights::read(accept),
        opt_out: Weights::read(opt_out),
    }
}

/// The bytes of the weights that tell answers with this action from the others: the mean of two machines, of which one
/// weighs the buckets by how much they tell. They are wrong about different answers.
fn machine(examples: &[&Example], action: Action) -> Vec<u8> {
    let weighed = learnt(examples, action, &telling(examples, action));
    let plain = learnt(examples, action, &vec![1.0; BUCKETS]);
    let mean: Vec<f64> = weighed
        .iter()
        .zip(&plain)
        .map(|(one, other)| f64::midpoint(*one, *other))
        .collect();
    bytes(&mean)
}

/// One machine's weights, where each bucket counts as much as it is said to tell.
fn learnt(examples: &[&Example], action: Action, telling: &[f64]) -> Vec<f64> {
    let rows: Vec<(f64, Vec<(usize, f64)>)> = examples
        .iter()
        .map(|example| {
            let values = example.features.iter().map(|feature| {
                let bucket = feature.bucket as usize;
                (bucket, telling[bucket] * f64::from(feature.share) / 10_000.0)
            });
            (if example.row.action == action { 1.0 } else { -1.0 }, values.collect())
        })
        .collect();
    let weights = separate(&rows);
    weights
        .iter()
        .zip(telling)
        .map(|(weight, telling)| weight * telling)
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "there are less than 2^52 of anything here")]
fn count(count: usize) -> f64 {
    count as f64
}

/// How much more often a bucket is used by answers with this action than by others, as a logarithm.
fn telling(examples: &[&Example], action: Action) -> Vec<f64> {
    let mut used = [vec![0.5; BUCKETS], vec![0.5; BUCKETS]];
    for example in examples {
        for feature in &example.features {
            used[usize::from(example.row.action == action)][feature.bucket as usize] += 1.0;
        }
    }
    let [others, wanted] = used;
    let (all_wanted, all_others): (f64, f64) = (wanted.iter().sum(), others.iter().sum());
    let ratio = |(wanted, others): (&f64, &f64)| ((wanted / all_wanted) / (others / all_others)).ln().clamp(-4.0, 4.0);
    wanted.iter().zip(&others).map(ratio).collect()
}

/// The price of an answer on the wrong side of the margin.
const PRICE: f64 = 2.0;
const ROUNDS: usize = 60;

/// Dual coordinate descent with the squared hinge loss (Hsieh and others, 2008), in a fixed order.
fn separate(rows: &[(f64, Vec<(usize, f64)>)]) -> Vec<f64> {
    let slack = 1.0 / (2.0 * PRICE);
    let mut weights = vec![0.0; BUCKETS];
    let mut shares = vec![0.0; rows.len()];
    let norms: Vec<f64> = rows
        .iter()
        .map(|(_, values)| values.iter().map(|(_, value)| value * value).sum::<f64>() + slack)
        .collect();
    // A stride without a common factor visits every row once a round, far from its neighbours.
    let stride = (rows.len() / 2..rows.len())
        .find(|stride| common_factor(*stride, rows.len()) == 1)
        .unwrap_or(1);
    for round in 0..ROUNDS {
        for step in 0..rows.len() {
            let at = (step * stride + round) % rows.len();
            let (side, values) = &rows[at];
            let sum: f64 = values.iter().map(|(bucket, value)| weights[*bucket] * value).sum();
            let gradient = side * sum - 1.0 + slack * shares[at];
            let share: f64 = (shares[at] - gradient / norms[at]).max(0.0);
            let change = (share - shares[at]) * side;
            shares[at] = share;
            if change != 0.0 {
                for (bucket, value) in values {
                    weights[*bucket] += change * value;
                }
            }
        }
    }
    weights
}

const fn common_factor(one: usize, other: usize) -> usize {
    if other == 0 {
        one
    } else {
        common_factor(other, one % other)
    }
}

/// Four bytes for the step in millionths, then each weight in steps.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the step is small and above nothing, and the weights are clamped"
)]
fn bytes(weights: &[f64]) -> Vec<u8> {
    let largest = weights
        .iter()
        .fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
    let step = (largest / 127.0 * 1_000_000.0).ceil().max(1.0);
    let mut bytes = (step as u32).to_le_bytes().to_vec();
    for weight in weights {
        let steps = (weight * 1_000_000.0 / step).round().clamp(-127.0, 127.0) as i8;
        bytes.push(steps.cast_unsigned());
    }
    bytes
}

/// How the answers of one author are understood by what was learnt from the others.
fn report(author: &str, opinion: &SecondOpinion, examples: &[&Example]) {
    let understood: Vec<Understood> = examples.iter().map(|example| example.understood(opinion)).collect();
    let rows = || examples.iter().map(|example| &example.row).zip(&understood);
    let share = |part: usize, whole: usize| count(part) / count(whole.max(1));
    print!("{author:9} {:5} answers", examples.len());
    for action in [Action::OptOut, Action::Accept, Action::Rating] {
        let wanted = rows().filter(|(row, _)| row.action == action);
        let given = rows().filter(|(_, understood)| understood.action == action);
        let hit = wanted
            .clone()
            .filter(|(row, understood)| row.is_right(**understood))
            .count();
        let (precision, recall) = (share(hit, given.clone().count()), share(hit, wanted.clone().count()));
        print!("  {action} P {precision:.3} R {recall:.3} ({})", given.clone().count());
        let print = |row: &Labelled| println!("\n  {action} {} {}: {:?}", row.locale, row.asked, row.text);
        if has_flag("--wrong") {
            let wrong = given.filter(|(row, understood)| !row.is_right(**understood));
            wrong.for_each(|(row, _)| print(row));
        }
        if has_flag("--missed") {
            let missed = wanted.filter(|(row, understood)| row.clear && !row.is_right(**understood));
            missed.for_each(|(row, _)| print(row));
        }
    }
    let clear = rows().filter(|(row, _)| row.clear && row.action != Action::Desk);
    let handled = clear
        .clone()
        .filter(|(row, understood)| row.is_right(**understood))
        .count();
    println!("  clear ones handled {:.3}", share(handled, clear.count()));
}

fn has_flag(flag: &str) -> bool {
    std::env::args().any(|argument| argument == flag)
}

fn main() {
    let examples = examples();
    let authors: BTreeSet<&str> = examples.iter().map(|example| example.author.as_str()).collect();
    for author in authors {
        let (left_out, others): (Vec<&Example>, Vec<&Example>) =
            examples.iter().partition(|example| example.author == author);
        report(author, &opinion(&train(&others)), &left_out);
    }
    if has_flag("--write") {
        let [accept, opt_out] = train(&examples.iter().collect::<Vec<_>>());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/reply/weights");
        fs::write(folder.join("accept.bin"), accept).expect("written");
        fs::write(folder.join("opt_out.bin"), opt_out).expect("written");
        fs::write(made_from::path(), made_from::hash()).expect("written");
    }
}

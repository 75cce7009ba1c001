//! Where the marks of a chart stand: values with their intervals one after the other, and counts as bars. Words and
//! lines are the page's.
//!
//! Only numbers come out that can be drawn: what is none is left out, what is off the axis is held to its ends.

use serde::Serialize;

use super::satisfaction::Estimate;

/// How large a chart is, in units of its own; it is drawn as wide as the page allows.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 220.0;

/// What is left free around the marks, for the words beside them.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 34.0;

/// Half the width of the ends of an interval.
const CAP: f64 = 4.0;

/// A word below the axis needs so much room.
const WORD: f64 = 34.0;

/// Of one bar.
const BAR: f64 = 20.0;
const BETWEEN_BARS: f64 = 10.0;

/// What the values lie between, and how far apart the lines across the chart are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub least: f64,
    pub most: f64,
    pub step: f64,
}

impl Axis {
    pub const PERCENT: Self = Self::new(0.0, 100.0, 25.0);
    pub const NPS: Self = Self::new(-100.0, 100.0, 50.0);
    pub const CES: Self = Self::new(1.0, 7.0, 1.0);

    const fn new(least: f64, most: f64, step: f64) -> Self {
        Self { least, most, step }
    }

    fn y(self, value: f64) -> f64 {
        let share = (value.clamp(self.least, self.most) - self.least) / (self.most - self.least);
        tenth(share.mul_add(-(HEIGHT - TOP - BOTTOM), HEIGHT - BOTTOM))
    }
}

/// Values over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trend {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    /// Lines across, each with the value that it stands for.
    pub lines: Vec<Line>,
    pub marks: Vec<Mark>,
    /// From mark to mark where no place between them is empty.
    pub ways: Vec<Way>,
    /// Where the places are that have a word below, by their number.
    pub words: Vec<Word>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Line {
    pub y: f64,
    pub value: f64,
}

/// A value and the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// Which of the places it stands at.
    pub at: usize,
    pub x: f64,
    pub y: f64,
    pub low: f64,
    pub high: f64,
    /// Where the ends of the interval are drawn.
    pub from: f64,
    pub to: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Way {
    pub x: f64,
    pub y: f64,
    pub to_x: f64,
    pub to_y: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Word {
    pub at: usize,
    pub x: f64,
}

/// Values at places of the same width, one after the other. None: there is no value at that place.
#[must_use]
pub fn trend(values: &[Option<Estimate>], axis: Axis) -> Trend {
    let room = WIDTH - LEFT - RIGHT;
    let width = room / float(values.len().max(1));
    let x = |at: usize| tenth(width.mul_add(float(at) + 0.5, LEFT));
    let mark = |(at, value): (usize, &Option<Estimate>)| {
        let value = value.filter(|value| {
            [value.value, value.low, value.high]
                .iter()
                .all(|number| number.is_finite())
        })?;
        Some(Mark {
            at,
            x: x(at),
            y: axis.y(value.value),
            low: axis.y(value.low),
            high: axis.y(value.high),
            from: tenth(x(at) - CAP),
            to: tenth(x(at) + CAP),
        })
    };
    let marks: Vec<Mark> = values.iter().enumerate().filter_map(mark).collect();
    let ways = marks
        .windows(2)
        .filter(|two| two[0].at + 1 == two[1].at)
        .map(|two| Way {
            x: two[0].x,
            y: two[0].y,
            to_x: two[1].x,
            to_y: two[1].y,
        });
    // Of many places only every second or third has a word, the last one in any case.
    let each = (1..=values.len())
        .find(|each| width * float(*each) >= WORD)
        .unwrap_or(1);
    let has_word = |at: &usize| (values.len() - 1 - at).is_multiple_of(each);
    Trend {
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        right: WIDTH - RIGHT,
        bottom: HEIGHT - BOTTOM,
        lines: lines(axis),
        ways: ways.collect(),
        words: (0..values.len())
            .filter(has_word)
            .map(|at| Word { at, x: x(at) })
            .collect(),
        marks,
    }
}

fn lines(axis: Axis) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut value = axis.least;
    while value <= axis.most {
        lines.push(Line {
            y: axis.y(value),
            value,
        });
        value += axis.step;
    }
    lines
}

/// Counts as bars from left to right, one below the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub bars: Vec<Bar>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bar {
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// Where the words beside it stand.
    pub middle: f64,
    pub end: f64,
}

/// The words of bars stand left of this.
const BAR_LEFT: f64 = 170.0;
/// And their counts right of them need this.
const BAR_RIGHT: f64 = 40.0;

/// Bars of these counts, the largest as long as there is room.
#[must_use]
pub fn bars(counts: &[u32]) -> Bars {
    let most = f64::from(counts.iter().copied().max().unwrap_or_default().max(1));
    let bar = |(at, count): (usize, &u32)| {
        let y = float(at).mul_add(BAR + BETWEEN_BARS, BETWEEN_BARS / 2.0);
        let width = tenth((WIDTH - BAR_LEFT - BAR_RIGHT) * f64::from(*count) / most);
        Bar {
            y,
            width,
            height: BAR,
            middle: y + BAR / 2.0,
            end: tenth(BAR_LEFT + width + 6.0),
        }
    };
    Bars {
        width: WIDTH,
        height: float(counts.len()) * (BAR + BETWEEN_BARS),
        left: BAR_LEFT,
        bars: counts.iter().enumerate().map(bar).collect(),
    }
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(0.0, f64::from)
}

/// To a tenth: what is finer is not seen.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn estimate(low: f64, value: f64, high: f64) -> Estimate {
        Estimate { value, low, high }
    }

    fn numbers(trend: &Trend) -> Vec<f64> {
        let marks = trend.marks.iter().flat_map(|m| [m.x, m.y, m.low, m.high, m.from, m.to]);
        let ways = trend.ways.iter().flat_map(|w| [w.x, w.y, w.to_x, w.to_y]);
        let rest = trend.lines.iter().flat_map(|l| [l.y, l.value]);
        marks
            .chain(ways)
            .chain(rest)
            .chain(trend.words.iter().map(|w| w.x))
            .collect()
    }

    #[test]
    fn the_least_is_at_the_bottom_and_the_most_at_the_top() {
        let trend = trend(&[Some(estimate(0.0, 50.0, 100.0))], Axis::PERCENT);
        let mark = trend.marks[0];
        assert_eq!((mark.low, mark.y, mark.high), (186.0, 99.0, 12.0));
        assert_eq!((mark.from, mark.x, mark.to), (254.0, 258.0, 262.0), "in the middle");
        let lines: Vec<_> = trend.lines.iter().map(|line| (line.value, line.y)).collect();
        assert_eq!(
            lines,
            [(0.0, 186.0), (25.0, 142.5), (50.0, 99.0), (75.0, 55.5), (100.0, 12.0)]
        );
    }

    #[test]
    fn without_any_value_there_is_an_empty_chart_and_nothing_that_is_no_number() {
        for values in [vec![], vec![None], vec![None; 12]] {
            let trend = trend(&values, Axis::NPS);
            assert!(trend.marks.is_empty() && trend.ways.is_empty());
            assert!(numbers(&trend).iter().all(|number| number.is_finite()), "{trend:?}");
        }
        let odd = [
            Some(estimate(f64::NAN, 1.0, 2.0)),
            Some(estimate(0.0, f64::INFINITY, 1.0)),
            Some(estimate(-1e9, 5.0, 1e9)),
        ];
        let trend = trend(&odd, Axis::CES);
        assert_eq!(trend.marks.len(), 1, "what can't be drawn is left out");
        assert_eq!(
            (trend.marks[0].low, trend.marks[0].high),
            (186.0, 12.0),
            "held to the axis"
        );
    }

    #[test]
    fn a_line_runs_only_between_neighbours() {
        let some = || Some(estimate(10.0, 20.0, 30.0));
        let trend = trend(&[some(), some(), None, some()], Axis::PERCENT);
        assert_eq!(trend.marks.iter().map(|mark| mark.at).collect::<Vec<_>>(), [0, 1, 3]);
        assert_eq!(trend.ways.len(), 1);
        assert!(trend.marks.windows(2).all(|two| two[0].x < two[1].x));
        assert!(trend.marks.iter().all(|mark| mark.x > LEFT && mark.x < WIDTH - RIGHT));
    }

    #[test]
    fn of_many_places_only_some_have_a_word_and_the_last_one_always() {
        for (places, words) in [(1, 1), (6, 6), (12, 12), (24, 12), (36, 12)] {
            let trend = trend(&vec![None; places], Axis::PERCENT);
            assert_eq!(trend.words.len(), words, "{places}");
            assert_eq!(trend.words.last().unwrap().at, places - 1);
        }
    }

    #[test]
    fn the_longest_bar_has_all_the_room_and_none_is_negative() {
        let chart = bars(&[4, 2, 0]);
        let widths: Vec<_> = chart.bars.iter().map(|bar| bar.width).collect();
        assert_eq!(widths, [270.0, 135.0, 0.0]);
        assert_eq!(
            (chart.height, chart.bars[1].y, chart.bars[1].middle),
            (90.0, 35.0, 45.0)
        );
        let nothing = bars(&[0]).bars[0];
        assert_eq!((chart.bars[0].end, nothing.width, nothing.end), (446.0, 0.0, 176.0));
        assert_eq!((bars(&[]).height, bars(&[]).bars.len()), (0.0, 0));
    }
}

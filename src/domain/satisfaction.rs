//! Satisfaction in numbers: CSAT, NPS, CES and response rate (docs/satisfaction.md), each with n and an interval.
//!
//! Nothing is rounded here but by `rounded`, once, for whoever prints. Without answers there is no score.

use serde::Serialize;

use super::rating::Scale;

/// The 97.5 % point of the normal distribution: intervals are 95 % ones.
const Z: f64 = 1.959_963_984_540_054;

/// How often each score was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores([u32; 11]);

/// A value and the interval that it lies in with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Satisfaction, 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Csat {
    pub n: u32,
    /// Percent of 4s and 5s.
    pub satisfied: Option<Estimate>,
    pub mean: Option<Estimate>,
}

/// Net promoter score, from answers 0 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Nps {
    pub n: u32,
    pub promoters: u32,
    pub passives: u32,
    pub detractors: u32,
    /// Percent of promoters less percent of detractors, -100 to 100.
    pub score: Option<Estimate>,
}

/// Customer effort score, 1 to 7, high is easy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ces {
    pub n: u32,
    pub mean: Option<Estimate>,
    /// Percent of 5s, 6s and 7s.
    pub easy: Option<Estimate>,
}

/// Answers among those who got the question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ResponseRate {
    pub delivered: u32,
    pub answered: u32,
    /// In percent.
    pub rate: Option<Estimate>,
}

impl Scores {
    /// Counts one answer; one that no scale has is left out.
    pub fn add(&mut self, score: i64) {
        self.add_many(score, 1);
    }

    /// Counts so many answers that are alike.
    pub fn add_many(&mut self, score: i64, answers: u32) {
        if let Some(count) = usize::try_from(score).ok().and_then(|score| self.0.get_mut(score)) {
            *count += answers;
        }
    }

    /// How many answers lie in `from..=to`.
    fn between(&self, from: usize, to: usize) -> u32 {
        self.0[from..=to].iter().sum()
    }

    /// The mean with its normal interval, held to the ends of the scale. One answer says nothing about the spread, so
    /// its interval is the scale.
    fn mean(&self, scale: Scale) -> Option<Estimate> {
        let (from, to) = ends(scale);
        let n = self.between(from, to);
        if n == 0 {
            return None;
        }
        let (least, most) = (to_float(from), to_float(to));
        let scored = || (from..=to).map(|score| (to_float(score), f64::from(self.0[score])));
        let mean = scored().map(|(score, count)| score * count).sum::<f64>() / f64::from(n);
        let half = if n == 1 {
            most - least
        } else {
            let squares: f64 = scored().map(|(score, count)| count * (score - mean).powi(2)).sum();
            Z * (squares / f64::from(n - 1) / f64::from(n)).sqrt()
        };
        Some(Estimate {
            value: mean,
            low: (mean - half).max(least),
            high: (mean + half).min(most),
        })
    }
}

fn ends(scale: Scale) -> (usize, usize) {
    let range = scale.range();
    let place = |score: i64| usize::try_from(score).unwrap_or_default();
    (place(*range.start()), place(*range.end()))
}

fn to_float(score: usize) -> f64 {
    u32::try_from(score).map_or(0.0, f64::from)
}

/// `part` of `n` in percent with Wilson's interval; none of none.
#[must_use]
pub fn share(part: u32, n: u32) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let (p, n) = (f64::from(part) / f64::from(n), f64::from(n));
    let widened = 1.0 + Z * Z / n;
    let centre = (p + Z * Z / (2.0 * n)) / widened;
    let half = Z / widened * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(Estimate {
        value: 100.0 * p,
        low: 100.0 * (centre - half).max(0.0),
        high: 100.0 * (centre + half).min(1.0),
    })
}

/// CSAT: the share of 4s and 5s, and the mean beside it.
#[must_use]
pub fn csat(scores: &Scores) -> Csat {
    let n = scores.between(1, 5);
    Csat {
        n,
        satisfied: share(scores.between(4, 5), n),
        mean: scores.mean(Scale::Csat),
    }
}

/// NPS: passives count in the denominator; variance p + d - (p - d)².
#[must_use]
pub fn nps(scores: &Scores) -> Nps {
    let (detractors, passives, promoters) = (scores.between(0, 6), scores.between(7, 8), scores.between(9, 10));
    let n = detractors + passives + promoters;
    let score = (n > 0).then(|| {
        let (p, d) = (
            f64::from(promoters) / f64::from(n),
            f64::from(detractors) / f64::from(n),
        );
        let variance = p + d - (p - d).powi(2);
        let half = Z * (variance.max(0.0) / f64::from(n)).sqrt();
        Estimate {
            value: 100.0 * (p - d),
            low: 100.0 * (p - d - half).max(-1.0),
            high: 100.0 * (p - d + half).min(1.0),
        }
    });
    Nps {
        n,
        promoters,
        passives,
        detractors,
        score,
    }
}

/// CES 2.0: the mean, and the share of those who agree (5 to 7).
#[must_use]
pub fn ces(scores: &Scores) -> Ces {
    let n = scores.between(1, 7);
    Ces {
        n,
        mean: scores.mean(Scale::Ces),
        easy: share(scores.between(5, 7), n),
    }
}

/// Answered among delivered: who did not get the question did not refuse to answer.
#[must_use]
pub fn response_rate(answered: u32, delivered: u32) -> ResponseRate {
    ResponseRate {
        delivered,
        answered,
        rate: share(answered, delivered),
    }
}

impl Estimate {
    /// The same to so many decimals.
    #[must_use]
    pub fn rounded(self, decimals: i32) -> Self {
        let unit = 10_f64.powi(decimals);
        // Adding nought turns a negative zero into a plain one.
        let round = |value: f64| (value * unit).round() / unit + 0.0;
        Self {
            value: round(self.value),
            low: round(self.low),
            high: round(self.high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(counted: &[(i64, u32)]) -> Scores {
        let mut scores = Scores::default();
        for (score, count) in counted {
            for _ in 0..*count {
                scores.add(*score);
            }
        }
        scores
    }

    fn rounded(estimate: Option<Estimate>, decimals: i32) -> (f64, f64, f64) {
        let Estimate { value, low, high } = estimate.unwrap().rounded(decimals);
        (value, low, high)
    }

    #[test]
    fn without_answers_there_is_no_score_and_nothing_that_is_no_number() {
        let nobody = Scores::default();
        assert_eq!(
            (csat(&nobody).n, csat(&nobody).satisfied, csat(&nobody).mean),
            (0, None, None)
        );
        assert_eq!((nps(&nobody).n, nps(&nobody).score), (0, None));
        assert_eq!((ces(&nobody).n, ces(&nobody).mean, ces(&nobody).easy), (0, None, None));
        assert_eq!(response_rate(0, 0).rate, None);
        assert_eq!(rounded(response_rate(0, 10).rate, 1), (0.0, 0.0, 27.8));
    }

    #[test]
    fn csat_is_the_share_of_fours_and_fives_and_not_the_mean() {
        // 8 of 10 are 4 or 5. Wilson by hand: centre (0.8 + 0.19207) / 1.38415 = 0.71674, half 0.22658.
        let csat = csat(&scores(&[(5, 5), (4, 3), (3, 1), (1, 1)]));
        assert_eq!(csat.n, 10);
        assert_eq!(rounded(csat.satisfied, 1), (80.0, 49.0, 94.3));
        // Sum 41; squares of the distances 14.9; standard error sqrt(14.9 / 9 / 10) = 0.40689.
        assert_eq!(rounded(csat.mean, 2), (4.1, 3.3, 4.9));
    }

    #[test]
    fn nps_is_promoters_less_detractors_of_all_who_answered() {
        // 30 % and 20 %: +10. Variance 0.5 - 0.01 = 0.49; half 1.96 * 0.7 / sqrt(100) = 13.72 points.
        let nps = nps(&scores(&[(9, 10), (10, 20), (7, 25), (8, 25), (6, 10), (0, 10)]));
        assert_eq!((nps.n, nps.promoters, nps.passives, nps.detractors), (100, 30, 50, 20));
        assert_eq!(rounded(nps.score, 2), (10.0, -3.72, 23.72));
    }

    #[test]
    fn nps_stays_between_its_ends() {
        let score = |counted: &[(i64, u32)]| rounded(nps(&scores(counted)).score, 0);
        assert_eq!(score(&[(10, 4)]), (100.0, 100.0, 100.0));
        assert_eq!(score(&[(0, 4)]), (-100.0, -100.0, -100.0));
        assert_eq!(score(&[(10, 1), (0, 1)]), (0.0, -100.0, 100.0));
        assert_eq!(score(&[(7, 3)]), (0.0, 0.0, 0.0), "passives alone");
    }

    #[test]
    fn nps_is_rounded_once_at_the_end() {
        // 2/6 less 1/6 is 16.7, so 17; 33 less 17 would be 16.
        let nps = nps(&scores(&[(9, 2), (8, 3), (3, 1)]));
        assert_eq!(rounded(nps.score, 0), (17.0, -38.0, 72.0));
    }

    #[test]
    fn ces_is_high_where_it_was_easy() {
        // Sum 6*2 + 7 + 5 + 2 = 26 of 5 answers; 4 of 5 agree. Squares: 2*0.64 + 3.24 + 0.04 + 10.24 = 14.8.
        let ces = ces(&scores(&[(6, 2), (7, 1), (5, 1), (2, 1)]));
        assert_eq!(ces.n, 5);
        assert_eq!(rounded(ces.mean, 2), (5.2, 3.51, 6.89));
        assert_eq!(rounded(ces.easy, 1), (80.0, 37.6, 96.4));
    }

    #[test]
    fn one_answer_says_nothing_about_the_spread() {
        assert_eq!(rounded(csat(&scores(&[(5, 1)])).mean, 1), (5.0, 1.0, 5.0));
        assert_eq!(rounded(csat(&scores(&[(5, 1)])).satisfied, 1), (100.0, 20.7, 100.0));
    }

    #[test]
    fn who_did_not_answer_is_no_nought() {
        let rate = response_rate(3, 12);
        assert_eq!((rate.answered, rate.delivered), (3, 12));
        assert_eq!(rounded(rate.rate, 1), (25.0, 8.9, 53.2));
    }

    #[test]
    fn a_score_off_every_scale_is_left_out() {
        assert_eq!(nps(&scores(&[(11, 1), (-1, 1)])).n, 0);
        assert_eq!(csat(&scores(&[(0, 1), (6, 1)])).n, 0);
    }
}

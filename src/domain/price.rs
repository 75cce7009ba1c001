//! What a segment costs: a small amount of some currency, exact to a millionth.

/// An amount for one of something, like `0.0832 EUR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    millionths: u64,
    /// A code of ISO 4217.
    currency: String,
}

/// The dearest price that is taken for one: more is a slip of the pen.
const MOST: u64 = 1_000 * MILLION;
const MILLION: u64 = 1_000_000;
const CENT: u128 = 10_000;

impl Price {
    /// Reads an amount with at most six decimals and a currency.
    ///
    /// # Errors
    /// What it must be instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let problem = || "it must be an amount and a currency, like 0.0832 EUR".to_owned();
        let (amount, currency) = text.trim().split_once(char::is_whitespace).ok_or_else(problem)?;
        let currency = currency.trim().to_ascii_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(problem());
        }
        let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || decimals.len() > 6 || !is_plain(whole) || !is_plain(decimals) {
            return Err(problem());
        }
        let millionths = format!("{whole}{decimals:0<6}").parse().map_err(|_| problem())?;
        if millionths > MOST {
            return Err("it must be the price of one segment, 1000 at most".to_owned());
        }
        Ok(Self { millionths, currency })
    }

    /// So many cost so much: an amount to the cent, and its currency.
    #[must_use]
    pub fn times(&self, count: u64) -> (String, &str) {
        let cents = (u128::from(self.millionths) * u128::from(count) + CENT / 2) / CENT;
        (format!("{}.{:02}", cents / 100, cents % 100), &self.currency)
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, decimals) = (self.millionths / MILLION, format!("{:06}", self.millionths % MILLION));
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{whole}{point}{decimals} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_and_multiplied_without_losing_a_millionth() {
        for (text, written, of_one_thousand) in [
            ("0.0832 EUR", "0.0832 EUR", ("83.20".to_owned(), "EUR")),
            (" 0.000005  usd ", "0.000005 USD", ("0.01".to_owned(), "USD")),
            ("12 JPY", "12 JPY", ("12000.00".to_owned(), "JPY")),
            ("0 EUR", "0 EUR", ("0.00".to_owned(), "EUR")),
        ] {
            let price = Price::parse(text).unwrap();
            assert_eq!(price.to_string(), written);
            assert_eq!(price.times(1_000), of_one_thousand, "{text}");
        }
        assert_eq!(Price::parse("1000 EUR").unwrap().times(u64::MAX).1, "EUR");
    }

    #[test]
    fn what_is_no_price_is_refused() {
        for text in [
            "",
            "0.08",
            "EUR",
            "0,08 EUR",
            "-1 EUR",
            "1.0000001 EUR",
            "1 EURO",
            "1 €",
            "1001 EUR",
            ".5 EUR",
        ] {
            assert!(Price::parse(text).is_err(), "{text:?}");
        }
    }
}

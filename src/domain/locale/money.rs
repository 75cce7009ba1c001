//! Amounts of money.

use super::Locale;

/// Currencies that are counted without decimals (ISO 4217 minor unit 0).
const WHOLE: [&str; 7] = ["CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"];

impl Locale {
    /// An amount as this locale writes it: `412.50` and `EUR` give `€412.50` or `412,50 €`.
    ///
    /// `amount` has a decimal point and no grouping, `currency` is a code of ISO 4217. What isn't a number is shown
    /// as it came: a wrong price would be worse than a plain one.
    #[must_use]
    pub fn money(&self, amount: &str, currency: &str) -> String {
        let currency = currency.trim().to_ascii_uppercase();
        let Some(number) = self.number(amount.trim(), &currency) else {
            return format!("{} {currency}", amount.trim()).trim().to_owned();
        };
        let money = &self.data.money;
        let known = money.symbols.iter().find(|(code, _)| *code == currency);
        let symbol = known.map_or(currency.as_str(), |(_, symbol)| symbol);
        let is_code = symbol.chars().all(|char| char.is_ascii_uppercase()) && symbol.len() > 1;
        let pattern = if is_code { money.pattern_code } else { money.pattern };
        pattern.replace('#', &number).replace('¤', symbol).trim().to_owned()
    }

    /// A number to so many decimals, as this locale writes it.
    #[must_use]
    pub fn decimal(&self, value: f64, decimals: usize) -> String {
        let plain = format!("{value:.decimals$}");
        plain.replace('.', &self.data.money.decimal.to_string())
    }

    /// Groups the digits and shows at least two decimals; never rounds.
    fn number(&self, amount: &str, currency: &str) -> Option<String> {
        let (sign, digits) = amount.strip_prefix('-').map_or(("", amount), |digits| ("-", digits));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(decimals) {
            return None;
        }
        let money = &self.data.money;
        let mut text = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len() - at;
            if at > 0 && left % 3 == 0 && whole.len() >= money.group_from {
                text.push_str(money.group);
            }
            text.push(digit);
        }
        if !(decimals.bytes().all(|byte| byte == b'0') && WHOLE.contains(&currency)) {
            text.push(money.decimal);
            text.push_str(decimals);
            text.extend(std::iter::repeat_n('0', 2usize.saturating_sub(decimals.len())));
        }
        Some(text)
    }
}

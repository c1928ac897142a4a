//! Reading and writing setting values as Redis spells them: `yes`, `1mb`, `256mb 64mb 60`.

/// Reads `yes` or `no`, in any case.
pub fn parse_bool(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("argument must be 'yes' or 'no'".into()),
    }
}

/// `yes` or `no`.
pub fn show_bool(value: bool) -> String {
    if value { "yes" } else { "no" }.into()
}

/// Reads a decimal number between `min` and `max` (`numericConfigSet`).
pub fn parse_number(text: &str, min: u64, max: u64) -> Result<u64, String> {
    let number: i128 = text.parse().map_err(|_| "argument couldn't be parsed into an integer".to_string())?;
    match u64::try_from(number) {
        Ok(n) if (min..=max).contains(&n) => Ok(n),
        _ => Err(format!("argument must be between {min} and {max} inclusive")),
    }
}

/// Reads a number of bytes with an optional unit (`memtoull`): `1k` is 1000, `1kb` is 1024.
pub fn parse_memory(text: &str) -> Result<u64, String> {
    let wrong = || "argument must be a memory value".to_string();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit: u64 = match text[digits..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1024,
        "m" => 1_000_000,
        "mb" => 1024 * 1024,
        "g" => 1_000_000_000,
        "gb" => 1024 * 1024 * 1024,
        _ => return Err(wrong()),
    };
    text[..digits].parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_units_are_redis_units() {
        assert_eq!(parse_memory("16384"), Ok(16384));
        assert_eq!(parse_memory("1K"), Ok(1000));
        assert_eq!(parse_memory("1kb"), Ok(1024));
        assert_eq!(parse_memory("2GB"), Ok(2 << 30));
        assert!(parse_memory("1 mb").is_err());
        assert!(parse_memory("mb").is_err());
        assert!(parse_memory("99999999999999999gb").is_err());
        assert!(parse_memory("1é").is_err());
    }

    #[test]
    fn numbers_keep_their_range() {
        assert_eq!(parse_number("7", 0, 10), Ok(7));
        assert!(parse_number("-1", 0, 10).is_err());
        assert!(parse_number("11", 0, 10).is_err());
        assert!(parse_number("x", 0, 10).is_err());
    }
}

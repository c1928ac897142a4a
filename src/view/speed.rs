//! How fast model time runs, in steps that can be named: 0.01× to 100×.

use crate::redis::Span;

/// A speed: model time per real time, in hundredths, always one of [`Speed::STEPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u32);

impl Speed {
    /// The steps in hundredths, evenly spaced for the eye: three a decade.
    pub const STEPS: [u32; 13] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    /// Half of real time: a message can be followed with the eye.
    pub const DEFAULT: Self = Self(50);

    /// A tenth of real time: how a deciding moment is watched.
    pub const SLOW: Self = Self(10);

    /// The fastest step that is not above so many percent of real time.
    pub fn near(percent: u32) -> Self {
        let slower = Self::STEPS.iter().rev().find(|step| **step <= percent);
        Self(*slower.unwrap_or(&Self::STEPS[0]))
    }

    /// At least so many percent of real time, which need not be a step.
    pub fn at_least(self, percent: u32) -> Self {
        Self(self.0.max(percent))
    }

    /// The `n`-th step, counted from the slowest; the fastest if there are fewer.
    pub fn step(n: usize) -> Self {
        Self(Self::STEPS[n.min(Self::STEPS.len() - 1)])
    }

    /// Which step it is.
    pub fn index(self) -> usize {
        Self::STEPS.iter().position(|&s| s == self.0).unwrap_or(0)
    }

    /// The next faster step, or slower; the last one stays.
    pub fn beside(self, faster: bool) -> Self {
        Self::step(if faster { self.index() + 1 } else { self.index().saturating_sub(1) })
    }

    /// Reads `0.5` or `2`; `None` unless it is one of the steps.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['x', '×']);
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        if part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let whole: u32 = whole.parse().ok()?;
        let part: u32 = format!("{part:0<2}").parse().ok()?;
        let hundredths = whole.checked_mul(100)?.checked_add(part)?;
        Self::STEPS.contains(&hundredths).then_some(Self(hundredths))
    }

    /// The speed as a factor.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// How much model time passes in `real_ms` milliseconds.
    pub fn model(self, real_ms: f64) -> Span {
        Span::from_micros((real_ms.max(0.0) * 10.0 * f64::from(self.0)) as u64)
    }
}

impl std::fmt::Display for Speed {
    /// `0.05×`, `0.5×`, `20×`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}×"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}×", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}×"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_read_back() {
        for n in 0..Speed::STEPS.len() {
            let speed = Speed::step(n);
            assert_eq!(Speed::parse(&speed.to_string()), Some(speed));
            assert_eq!(speed.index(), n);
        }
        for bad in ["", "3", "0.015", "-1", "fast", "1e9", "99999999999"] {
            assert_eq!(Speed::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_ends_stay() {
        assert_eq!(Speed::step(0).to_string(), "0.01×");
        assert_eq!(Speed::step(99).to_string(), "100×");
        assert_eq!(Speed::step(0).beside(false), Speed::step(0));
        assert_eq!(Speed::step(99).beside(true), Speed::step(99));
        assert_eq!(Speed::DEFAULT.beside(true).to_string(), "1×");
    }

    #[test]
    fn half_speed_halves_time() {
        assert_eq!(Speed::DEFAULT.model(16.0), Span::from_micros(8000));
    }
}

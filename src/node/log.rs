//! Log lines in Redis's form: `4711:M 23 Nov 2026 13:45:33.093 * Ready to accept connections`.

use super::clock::Clock;
use crate::redis::{Effects, Event};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// How much is written (`loglevel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Everything, each command and each piece of the stream included.
    Verbose,
    /// What matters to replication.
    Notice,
    /// Only what is wrong.
    Warning,
}

impl Level {
    /// The level of a `loglevel` setting.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "debug" | "verbose" => Some(Self::Verbose),
            "notice" => Some(Self::Notice),
            "warning" => Some(Self::Warning),
            _ => None,
        }
    }
}

/// Where lines go.
#[derive(Debug)]
pub(super) struct Log {
    file: Option<File>,
    level: Level,
    clock: Clock,
    /// `M` or `S`, as Redis marks its lines.
    pub(super) role: char,
}

impl Log {
    /// Appends to `path`, or writes to the standard output if that is empty.
    pub(super) fn open(path: &Path, level: Level, clock: Clock) -> io::Result<Self> {
        let file = if path.as_os_str().is_empty() {
            None
        } else {
            Some(OpenOptions::new().create(true).append(true).open(path)?)
        };
        Ok(Self { file, level, clock, role: 'M' })
    }

    /// A batch that records the events of which lines are wanted.
    pub(super) fn effects(&self) -> Effects {
        match self.level {
            Level::Verbose => Effects::new(),
            Level::Notice => Effects::for_log(),
            Level::Warning => Effects::without_events(),
        }
    }

    pub(super) fn notice(&mut self, text: &str) {
        if self.level <= Level::Notice {
            self.line('*', text);
        }
    }

    pub(super) fn warning(&mut self, text: &str) {
        self.line('#', text);
    }

    /// Writes an event, if it is important enough.
    pub(super) fn event(&mut self, event: &Event) {
        if !event.is_routine() {
            self.notice(&event.to_string());
        } else if self.level == Level::Verbose {
            self.line('-', &event.to_string());
        }
    }

    fn line(&mut self, mark: char, text: &str) {
        let date = date(self.clock.unix_ms());
        let line = format!(
            "{}:{} {date} {mark} {}\n",
            std::process::id(),
            self.role,
            text.escape_default_controls()
        );
        // A full disk or a closed pipe must not stop the server.
        let _ = match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()),
            None => io::stdout().write_all(line.as_bytes()),
        };
    }
}

/// Keeps what peers sent from breaking lines or steering a terminal.
trait EscapeControls {
    fn escape_default_controls(&self) -> String;
}

impl EscapeControls for str {
    fn escape_default_controls(&self) -> String {
        let mut out = Self::to_owned("");
        for letter in self.chars() {
            if letter.is_control() {
                out.extend(letter.escape_default());
            } else {
                out.push(letter);
            }
        }
        out
    }
}

/// A Unix time in milliseconds as `23 Nov 2026 13:45:33.093`, UTC.
fn date(unix_ms: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (secs, millis) = (unix_ms / 1000, unix_ms % 1000);
    let (hours, minutes, seconds) = (secs / 3600 % 24, secs / 60 % 60, secs % 60);
    // Howard Hinnant's civil_from_days: years begin in March, so that leap days come last.
    let days = secs / 86400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12;
    let year = era * 400 + year_of_era + u64::from(month < 2);
    let month = MONTHS[month as usize];
    format!("{day:02} {month} {year} {hours:02}:{minutes:02}:{seconds:02}.{millis:03}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(0), "01 Jan 1970 00:00:00.000");
        assert_eq!(date(951_782_400_000), "29 Feb 2000 00:00:00.000");
        assert_eq!(date(1_795_441_533_093), "23 Nov 2026 13:45:33.093");
        assert_eq!(date(4_107_542_399_999), "28 Feb 2100 23:59:59.999");
        assert_eq!(date(4_107_542_400_000), "01 Mar 2100 00:00:00.000");
    }

    #[test]
    fn peers_cannot_forge_lines() {
        assert_eq!("a\r\nb\u{1b}[1m é".escape_default_controls(), "a\\r\\nb\\u{1b}[1m é");
    }
}

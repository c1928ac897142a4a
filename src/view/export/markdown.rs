//! The event log as a table in Markdown.

use super::Opened;
use crate::redis::Time;
use crate::view::words;

/// The lines of the log between two instants.
pub fn log(opened: &Opened, from: Time, to: Time) -> String {
    let words = words(opened.lang);
    let mut out = format!("| t (s) | {} |\n|---:|---|\n", words.log);
    for line in opened.record.lines.iter().filter(|line| (from..=to).contains(&line.at)) {
        let text = line
            .text(words)
            .replace('\\', "\\\\")
            .replace('|', "\\|")
            .replace('<', "&lt;")
            .replace('\n', " ");
        out.push_str(&format!("| {} | {text} |\n", line.at));
    }
    out.push_str(&format!("\n[PSYNC Lab]({})\n", opened.link));
    out
}

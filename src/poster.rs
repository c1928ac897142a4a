//! `psync-poster`: prints the page's first moment as HTML, in the language that is asked for (`zh`, `en`).
//! `cargo xtask dist` runs it.

use psync_lab::ui::poster::poster;
use psync_lab::view::Lang;
use std::process::ExitCode;

fn main() -> ExitCode {
    let asked = std::env::args().nth(1);
    match asked.as_deref().and_then(Lang::from_tag) {
        Some(lang) => {
            print!("{}", poster(lang));
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("psync-poster LANG   prints the page's first moment as HTML (LANG: zh, en)");
            ExitCode::from(2)
        }
    }
}

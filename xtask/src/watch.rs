//! Building the page again when its sources change.

use std::fs;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::page::{self, Profile};
use crate::project::{Project, files_below};
use crate::run::step;

/// How often the sources are looked at.
const EVERY: Duration = Duration::from_millis(400);

/// Looks at the sources for ever. A build that fails says so; the page of before stays.
pub(crate) fn rebuild_on_change(project: &Project, profile: Profile) -> ! {
    println!("    watching src/ and Cargo.toml");
    let mut built = newest(project);
    loop {
        thread::sleep(EVERY);
        let now = newest(project);
        if now == built {
            continue;
        }
        built = now;
        match page::build(project, profile) {
            Ok(_) => step("built again: reload the page"),
            Err(problem) => eprintln!("\nerror: {problem}\n"),
        }
    }
}

/// The number of source files and the time of the last change. A file that vanishes meanwhile is a
/// change like any other.
fn newest(project: &Project) -> (usize, Option<SystemTime>) {
    let source = project.path("src");
    let mut files: Vec<_> =
        files_below(&source).unwrap_or_default().iter().map(|name| source.join(name)).collect();
    files.push(project.path("Cargo.toml"));
    let times = files.iter().filter_map(|file| fs::metadata(file).ok()?.modified().ok());
    (files.len(), times.max())
}

//! Reading a lesson file as a person wrote it, and saying what is wrong with it: line, column, field,
//! what is allowed. Played from end to end too, since a question without a right answer and a step that
//! is never done show only there.
//!
//! Not in the page's first load: the page asks the lesson reader, a module of its own.

mod names;
mod place;
mod play;
mod refs;
mod texts;

pub use play::{Manner, PlayError, digests, play};

use super::format::{FORMAT, Lesson, MOST_BYTES};
use place::Place;

/// Something wrong in a lesson file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in bytes.
    pub column: u32,
    /// The field: `steps[2].until.online`.
    pub field: String,
    /// What is wrong and what is allowed.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = if self.field.is_empty() { "the file" } else { &self.field };
        write!(f, "{}:{}: {field}: {}", self.line, self.column, self.what)
    }
}

/// Most problems that are told at once.
const MOST_PROBLEMS: usize = 20;

/// Reads a lesson file: its form, and that all names and texts in it are there. It is not played.
///
/// # Errors
/// What is wrong, at most twenty things, at least one.
pub fn read(text: &str) -> Result<Lesson, Vec<Problem>> {
    let one = |line, column, field: &str, what: String| {
        Err(vec![Problem { line, column, field: field.to_owned(), what }])
    };
    if text.len() > MOST_BYTES {
        return one(1, 1, "", format!("it has {} bytes; at most {MOST_BYTES} are allowed", text.len()));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let lesson: Lesson = match serde_path_to_error::deserialize(&mut json) {
        Ok(lesson) => lesson,
        Err(error) => {
            let field = error.path().to_string();
            let inner = error.inner();
            let what = inner.to_string();
            let what = what.rsplit_once(" at line ").map_or(&*what, |(what, _)| what).to_owned();
            // Of what is not JSON at all only the reader knows where it stands.
            if !inner.is_data() || field == "." {
                return one(inner.line() as u32, inner.column() as u32, "", what);
            }
            let (line, column) = place::locate(text, &Place::root().path(&field));
            return one(line, column, &field, what);
        }
    };
    if let Err(error) = json.end() {
        return one(error.line() as u32, error.column() as u32, "", "there is more after the lesson".into());
    }
    if lesson.format != FORMAT {
        let (line, column) = place::locate(text, &Place::root().key("format"));
        return one(line, column, "format", format!("this program reads format {FORMAT}"));
    }
    let mut found = Found { text, problems: Vec::new() };
    names::lesson(&lesson, &mut found);
    if found.problems.is_empty() { Ok(lesson) } else { Err(found.problems) }
}

/// Plays a lesson file and gives [`digests`], or what is wrong with it.
pub fn digest_of(text: &str) -> String {
    match read(text) {
        Ok(lesson) => digests(&std::rc::Rc::new(lesson)).unwrap_or_else(|error| error.what),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Reads a lesson file and plays it from end to end: doing what it asks, and once what it does not.
///
/// # Errors
/// As [`read`]; and what went wrong in playing.
pub fn check(text: &str) -> Result<Lesson, Vec<Problem>> {
    let lesson = std::rc::Rc::new(read(text)?);
    for manner in [Manner::Right, Manner::WrongFirst] {
        if let Err(error) = play(&lesson, manner, &mut |_| {}) {
            let (line, column) = place::locate(text, &error.place);
            let field = error.place.to_string();
            return Err(vec![Problem { line, column, field, what: error.what }]);
        }
    }
    Ok(std::rc::Rc::unwrap_or_clone(lesson))
}

/// The JSON Schema of lesson files.
#[cfg(feature = "lesson-schema")]
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Lesson).to_value();
    // Whether `serde_json` keeps the order of fields depends on what else is built with it.
    schema.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// Collects problems.
pub(super) struct Found<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn add(&mut self, place: &Place, what: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            let (line, column) = place::locate(self.text, place);
            self.problems.push(Problem { line, column, field: place.to_string(), what: what.into() });
        }
    }
}

#[cfg(test)]
mod tests;

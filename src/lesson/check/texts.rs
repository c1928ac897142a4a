//! Texts: in all languages, with marks that are closed and values that are declared.

use super::Found;
use super::place::Place;
use crate::lesson::text::{PieceKind, Term, TextError, pieces};
use crate::lesson::{Lesson, Text};

/// Most bytes of one text in one language.
const MOST_TEXT: usize = 4000;

/// Checks a text; `values` are the names that may stand in braces.
pub(super) fn text(lesson: &Lesson, text: &Text, values: &[&str], at: &Place, found: &mut Found<'_>) {
    for lang in &lesson.languages {
        let Some(words) = text.0.get(lang) else {
            found.add(
                at,
                format!(
                    "the text is missing in `{lang}`; the lesson's languages are {}",
                    lesson.languages.join(", ")
                ),
            );
            continue;
        };
        let at = at.key(lang);
        if words.trim().is_empty() || words.len() > MOST_TEXT {
            found.add(&at, format!("a text has 1 to {MOST_TEXT} bytes"));
        }
        let (read, error) = pieces(words);
        match error {
            Some(TextError::NoTerm) => {
                let known: Vec<_> = Term::ALL.iter().map(|term| term.word()).collect();
                found
                    .add(&at, format!("no such term in `[words](term)`; the terms are {}", known.join(", ")));
            }
            Some(error) => found.add(&at, error.to_string()),
            None => {}
        }
        for piece in read {
            if let PieceKind::Value(name) = piece.what
                && !values.contains(&&*name)
            {
                let known =
                    if values.is_empty() { "none is declared here".into() } else { values.join(", ") };
                found.add(&at, format!("no value is named `{{{name}}}`; declared in `values`: {known}"));
            }
        }
    }
    for (lang, _) in &text.0.0 {
        if !lesson.languages.contains(lang) {
            found.add(&at.key(lang), format!("`{lang}` is not in `languages`"));
        }
    }
}

//! A lesson's texts with their marks: code, strong words, terms with their colour and shape, values.

use crate::lesson::Value;
use crate::lesson::text::{Named, PieceKind, pieces};
use crate::ui::el::{El, el};
use crate::view::Words;
use crate::view::lesson::value;

/// A text in paragraphs.
pub(super) fn rich(text: &str, values: &Named<Value>, w: &Words) -> El {
    let (mut all, mut paragraph) = (el("div").class("rich"), el("p"));
    for piece in pieces(text).0 {
        let inner = match &piece.what {
            PieceKind::Break => {
                all = all.add(std::mem::replace(&mut paragraph, el("p")));
                continue;
            }
            PieceKind::Plain(words) => el("span").say(words.clone()),
            PieceKind::Code(code) => el("code").say(code.clone()),
            PieceKind::Value(name) => {
                let found = values.get(name).unwrap_or(&Value::Missing);
                el("b").class("value").say(value(found, w))
            }
        };
        let inner = if piece.strong { el("strong").add(inner) } else { inner };
        paragraph = paragraph.add(match piece.term {
            Some(term) => el("span").set("class", ["term t-", term.word()].concat()).add(inner),
            None => inner,
        });
    }
    all.add(paragraph)
}

/// A text in which no value stands.
pub(super) fn plain(text: &str, w: &Words) -> El {
    rich(text, &Named::default(), w)
}

//! The page's first moment as HTML, made natively: what a visitor sees until the code has arrived.
//!
//! `cargo xtask dist` puts it into `index.html`; `www/poster.js` shows it. It is drawn by the same
//! components as the page, so it cannot show anything else.

use super::{App, AppProps};
use crate::view::{Lang, Params};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The page as it would start at an address with this query (`?…` or nothing), as HTML. The address
/// may name another language than `lang`.
pub fn html(query: &str, lang: Lang) -> String {
    let (params, problems) = Params::parse(query);
    let problems = problems.into();
    let props = AppProps { params, problems, lang, still: false, shared: None, can_fill: false };
    run(yew::LocalServerRenderer::<App>::with_props(props).hydratable(false).render())
}

/// The same as a poster that does not answer yet: no `style` attributes, which a strict content security
/// policy forbids (`data-style` holds them for the script that shows the poster), nothing out of sight, and
/// nothing for those who read it out or point at it, which nobody can. The first line is the page without what
/// is in the boxes around the stage; the next ones are that, in the order of the boxes.
pub fn poster(lang: Lang) -> String {
    const FOR_NOBODY: [&str; 4] = [" aria-label", " title", " focusable", " data-live"];
    /// What is out of sight: its beginning, and what follows it.
    const UNSEEN: [(&str, &str); 3] = [
        ("<div class=\"twin\"", "<section class=\"console\""),
        ("<section class=\"view compare\"", "<section class=\"view history\""),
        ("<dialog", "</dialog>"),
    ];
    /// The boxes around the stage: their beginnings and ends.
    const BOXES: [(&str, &str); 3] = [
        ("<aside class=\"side\">", "</aside>"),
        ("<section class=\"view ring\">", "</section>"),
        ("<section class=\"view history\">", "</section>"),
    ];
    let html = html("", lang).replace(" style=\"", " data-style=\"");
    let seen =
        UNSEEN.iter().fold(html, |html, (from, until)| cut(&html, from, until)).replace("</dialog>", "");
    let mut page = FOR_NOBODY.iter().fold(seen, |html, name| without(&html, &[name, "=\""].concat()));
    let mut lines = String::new();
    for (from, until) in BOXES {
        let start = page.find(from).map_or(page.len(), |at| at + from.len());
        let end = page[start..].find(until).map_or(start, |at| start + at);
        lines.push('\n');
        lines.extend(page.drain(start..end));
    }
    page + &lines
}

/// HTML without what begins with `from`, up to what begins with `until`.
fn cut(html: &str, from: &str, until: &str) -> String {
    let parts = html.split_once(from).and_then(|(before, rest)| Some((before, rest.find(until)?, rest)));
    parts.map_or_else(|| html.to_owned(), |(before, end, rest)| [before, &rest[end..]].concat())
}

/// HTML without the attributes that begin so.
fn without(html: &str, start: &str) -> String {
    let mut pieces = html.split(start);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.filter_map(|piece| piece.split_once('"')).fold(first, |all, (_, rest)| all + rest)
}

/// Runs a future that never has to wait for anything outside.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_holds_what_is_seen() {
        let poster = poster(Lang::En);
        let lines: Vec<_> = poster.lines().collect();
        let said = ["class=\"node", "<h1>", "<h2>Ring</h2>", "<h2>History</h2>"];
        assert_eq!(lines.len(), said.len());
        for (n, said) in said.iter().enumerate() {
            let holds: Vec<_> = lines.iter().map(|line| line.contains(said)).collect();
            assert_eq!(holds.iter().position(|it| *it), Some(n), "{said}");
            assert_eq!(holds.iter().filter(|it| **it).count(), 1, "{said}");
        }
        assert!(lines[0].contains("172.16.19.7") && lines[0].contains("data-style="));
        for nobody in ["dialog", "twin", "compare", "aria-label=", " title=", "data-live=", " style="] {
            assert!(!poster.contains(nobody), "{nobody}");
        }
        assert_eq!(cut("<a><b>1</b><c>", "<b", "<c"), "<a><c>");
        assert_eq!(without("<a title=\"x\" b=\"c\">t</a>", " title=\""), "<a b=\"c\">t</a>");
    }
}

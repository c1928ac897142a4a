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
/// policy forbids (`data-style` holds them for the script that shows the poster), no closed dialog, and
/// nothing for those who read it out or point at it, which nobody can.
pub fn poster(lang: Lang) -> String {
    const FOR_NOBODY: [&str; 4] = [" aria-label", " title", " focusable", " data-live"];
    let mut html = html("", lang).replace(" style=\"", " data-style=\"");
    if let (Some((before, _)), Some((_, after))) = (html.split_once("<dialog"), html.split_once("</dialog>"))
    {
        html = [before, after].concat();
    }
    FOR_NOBODY.iter().fold(html, |html, name| without(&html, &[name, "=\""].concat()))
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
        assert!(
            poster.contains("class=\"node")
                && poster.contains("172.16.19.7")
                && poster.contains("data-style=")
        );
        for nobody in ["<dialog", "aria-label=", " title=", "data-live=", " style="] {
            assert!(!poster.contains(nobody), "{nobody}");
        }
        assert_eq!(without("<a title=\"x\" b=\"c\">t</a>", " title=\""), "<a b=\"c\">t</a>");
    }
}

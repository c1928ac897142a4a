//! The page's first moment as HTML, made natively: what a visitor sees until the code has arrived.
//!
//! `cargo xtask dist` puts it into `index.html`; `www/check.js` shows it. It is drawn by the same
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
/// policy forbids (`data-style` holds them for the script that shows the poster), and no closed dialog.
pub fn poster(lang: Lang) -> String {
    let html = html("", lang).replace(" style=\"", " data-style=\"");
    let closed = html.split_once("<dialog").zip(html.split_once("</dialog>"));
    closed.map(|((before, _), (_, after))| [before, after].concat()).unwrap_or(html)
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

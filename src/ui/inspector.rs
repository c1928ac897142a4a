//! The inspector: the bytes of a packet that was picked, or the state of a node.

use super::icons::{Icon, icon};
use crate::view::Words;
use crate::view::inspect::Sheet;
use yew::prelude::*;

/// The inspector.
pub(super) fn inspector(w: &'static Words, sheet: Option<&Sheet>, on_close: &Callback<()>) -> Html {
    let Some(sheet) = sheet else {
        return html! { <section class="inspector" aria-label={w.inspector}><span class="label">{ w.inspect_hint }</span></section> };
    };
    let close = on_close.reform(|_: MouseEvent| ());
    html! {
        <section class="inspector" aria-label={w.inspector}>
            <header>
                <h2>{ &sheet.title }</h2>
                <button type="button" class="x" onclick={close} aria-label={w.close}>{ icon(Icon::Close) }</button>
            </header>
            <dl>
                { for sheet.rows.iter().map(|(name, value)| html! { <><dt>{ *name }</dt><dd>{ value }</dd></> }) }
            </dl>
            if !sheet.decoded.is_empty() { <pre>{ sheet.decoded.join("\n") }</pre> }
            if !sheet.raw.is_empty() { <pre class="raw">{ &sheet.raw }</pre> }
        </section>
    }
}

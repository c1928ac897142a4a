//! The words of the dialog that shares. They are loaded with it, not with the page.

use crate::view::export::quoted;

macro_rules! share_words {
    ($($name:ident)*) => {
        /// The texts of the dialog that shares in one language.
        #[allow(missing_docs, reason = "the field names say where each text stands; the texts say the rest")]
        #[derive(Debug)]
        pub struct ShareWords {
            $(pub $name: &'static str,)*
        }

        impl ShareWords {
            /// As a JSON object, by name.
            pub fn json(&self) -> String {
                let all = [$((stringify!($name), self.$name)),*];
                let pairs = all.map(|(name, text)| format!("{}:{}", quoted(name), quoted(text)));
                format!("{{{}}}", pairs.join(","))
            }
        }
    };
}

share_words! {
    title
    close
    link
    link_hint
    no_site
    long
    copy
    copied
    copy_self
    embed
    place
    save
    file
    picture_svg
    picture_png
    history_svg
    film
    film_busy
    film_none
    mermaid
    shiviz
    markdown
    qr
    qr_none
    no_save
    failed
    snippet_title
}

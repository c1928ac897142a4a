//! `psync-poster`: prints the page's first moment as HTML, once for each language, as elements that
//! `www/poster.js` takes one of. `cargo xtask dist` runs it.

use psync_lab::ui::poster::poster;
use psync_lab::view::Lang;

fn main() {
    for lang in Lang::ALL {
        // As text: only the one that is shown is parsed.
        let (name, tag, poster) = (lang.name(), lang.tag(), poster(lang));
        assert!(!poster.contains("</script"), "the page's first moment holds a script");
        println!("<script type=\"text/plain\" id=\"poster-{name}\" lang=\"{tag}\">{poster}</script>");
    }
}

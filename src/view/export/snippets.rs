//! Texts to copy into course notes, one for each place that they may be written for.

use super::super::words::{Lang, share_words};
use super::{escape, quoted};

/// What to copy, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The place: `iframe`, `mdbook`, …
    pub name: &'static str,
    /// What a person calls it.
    pub title: &'static str,
    /// The text.
    pub text: String,
}

/// What needs the element's script.
const OF_ELEMENT: [&str; 4] = ["element", "mdbook", "mkdocs", "hugo"];

/// The snippets for a session. `base` is the folder of the site, with its slash at the end; or, if it is the page
/// as one file (`whole`), that file: it is its own page for frames, and no script of the element lies beside it.
pub fn snippets(base: &str, whole: bool, fragment: &str, lang: Lang) -> Vec<Snippet> {
    let (tag, title) = (lang.name(), share_words(lang).snippet_title);
    let frame = if whole { base.to_owned() } else { format!("{base}embed.html") };
    let embed = format!("{frame}?lang={tag}#{fragment}");
    let page = format!("{base}?lang={tag}#{fragment}");
    let (src, script) = (escape(&embed), escape(&format!("{base}psync-lab.js")));
    let allow = "allow=\"fullscreen; clipboard-write\" referrerpolicy=\"no-referrer\"";
    let iframe = format!(
        "<iframe src=\"{src}\" title=\"{title}\" width=\"100%\" height=\"640\" loading=\"lazy\" {allow} style=\"border:0;color-scheme:normal\"></iframe>"
    );
    let inside = format!(
        "<psync-lab lang=\"{tag}\" state=\"{fragment}\"><a href=\"{}\">{title}</a></psync-lab>",
        escape(&page)
    );
    let element = format!("<script src=\"{script}\" async></script>\n{inside}");
    let jsx = format!(
        "<iframe src=\"{src}\" title=\"{title}\" width=\"100%\" height=\"640\" loading=\"lazy\" allow=\"fullscreen; clipboard-write\" style={{{{border: 0, colorScheme: 'normal'}}}} />"
    );
    let shortcode = "{{- /* layouts/_shortcodes/psync-lab.html */ -}}\n".to_owned()
        + &format!(
            "<script src=\"{script}\" async></script>\n<psync-lab lang=\"{tag}\" state=\"{{{{ .Get 0 }}}}\"></psync-lab>\n\n"
        )
        + &format!("{{{{< psync-lab \"{fragment}\" >}}}}");
    let reveal = format!(
        "<section>\n  <iframe data-src=\"{}\" data-preload title=\"{title}\" width=\"960\" height=\"640\" {allow}></iframe>\n</section>",
        escape(&format!("{frame}?lang={tag}&keys=off#{fragment}"))
    );
    let jupyter =
        format!("from IPython.display import IFrame\nIFrame(\"{embed}\", width=\"100%\", height=640)");
    let all = [
        ("iframe", "HTML: iframe", iframe),
        ("element", "HTML: <psync-lab>", element.clone()),
        // `additional-js` would copy the script into the book, away from the site that it loads.
        ("mdbook", "mdBook", element),
        (
            "mkdocs",
            "MkDocs",
            format!("<!-- mkdocs.yml: extra_javascript: [{base}psync-lab.js] -->\n{inside}"),
        ),
        ("docusaurus", "Docusaurus (MDX)", jsx),
        ("hugo", "Hugo", shortcode),
        ("reveal", "reveal.js", reveal),
        ("jupyter", "Jupyter", jupyter),
        ("notion", "Notion", format!("/embed {embed}")),
        ("gitbook", "GitBook", format!("{{% embed url=\"{page}\" %}}")),
        ("markdown", "Markdown", format!("[{title}]({page})")),
    ];
    let works = |name| !(whole && OF_ELEMENT.contains(&name));
    let all = all.into_iter().filter(|(name, ..)| works(name));
    all.map(|(name, title, text)| Snippet { name, title, text }).collect()
}

/// The same as JSON: an array of arrays of name, title and text.
pub fn json(base: &str, whole: bool, fragment: &str, lang: Lang) -> String {
    let row = |snippet: Snippet| {
        format!("[{},{},{}]", quoted(snippet.name), quoted(snippet.title), quoted(&snippet.text))
    };
    let rows: Vec<String> = snippets(base, whole, fragment, lang).into_iter().map(row).collect();
    format!("[{}]", rows.join(","))
}

//! The page as one file: opened by double click, sent by mail, carried on a stick, put into `srcdoc`.
//!
//! A browser fetches nothing for a page from disk, so everything stands in it: the style sheets, the
//! scripts, and the code, compressed and as base64 text. Its content security policy lets nothing be
//! fetched at all.

use crate::error::TaskError;
use crate::project::{Project, read_text};
use crate::shrink::without_comments;
use crate::size::gzip;

/// The file's name.
pub(crate) const NAME: &str = "psync-lab-offline.html";

/// What may be done in it: its own scripts and styles, and nothing from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'";

/// Whoever puts it into a page of their own, or asks for it, gets it as a figure in a text.
const EMBED: &str = "if (parent !== self || /[?&]controls=/.test(location.search)) document.documentElement.dataset.embed = '';";

/// Unpacks the code.
const UNPACK: &str = r#"
const unpack = async () => {
  const text = atob(document.getElementById("code").textContent);
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
};
const init = async () => __wbg_init({ module_or_path: await unpack() });
"#;

/// The file's contents, from the glue and the code.
pub(crate) fn page(project: &Project, glue: &str, wasm: &[u8]) -> Result<Vec<u8>, TaskError> {
    let text = |name: &str| read_text(&project.path(name));
    let styles = [text("www/style.css")?, text("www/embed.css")?, text("www/share.css")?].concat();
    let check = text("www/check.js")?;
    let mut script = without_comments(&text("www/embed.js")?);
    let import = r#"import init, { order } from "../pkg/psync_lab.js";"#;
    if !script.contains(import) {
        return Err(TaskError::Other("www/embed.js does not import the code as expected.".to_owned()));
    }
    script = script.replace(import, UNPACK);
    let call = r#"import("./share.js").then((dialog) => dialog.open(fragment, lang))"#;
    let dialog = without_comments(&text("www/share.js")?);
    let import =
        r#"import init, { Export, share_qr, share_snippets, share_texts } from "../share/psync_lab.js";"#;
    if !script.contains(call) || !dialog.contains(import) {
        return Err(TaskError::Other("www/share.js is not loaded as expected.".to_owned()));
    }
    script = script.replace(call, "share(fragment, lang)");
    // Its names are its own; its code is in the page's.
    let dialog = dialog
        .replace(import, "const init = async () => {};")
        .replace("export async function", "async function");
    script.insert_str(0, &format!("const share = (() => {{\n{dialog}\nreturn open;\n}})();\n"));
    let code = base64(&gzip(wasm)?);
    for (what, text) in
        [("style", &styles), ("script", &script), ("script", &check), ("script", &glue.to_owned())]
    {
        if text.contains(&format!("</{what}")) {
            return Err(TaskError::Other(format!("a file that goes into {NAME} holds `</{what}`.")));
        }
    }
    let html = text("index.html")?;
    let (head, body) = html
        .split_once("</head>")
        .ok_or_else(|| TaskError::Other("index.html has no end of its head.".to_owned()))?;
    let mut out = String::new();
    for line in head.lines() {
        let line = line.trim();
        let left_out =
            ["<link", "<script", "<!--", "<meta http-equiv"].iter().any(|start| line.starts_with(start));
        if !left_out {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.push_str(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n"));
    out.push_str(&format!("<script>{EMBED}</script>\n<style>\n{styles}</style>\n</head>"));
    let (before, after) = body
        .split_once("</body>")
        .ok_or_else(|| TaskError::Other("index.html has no end of its body.".to_owned()))?;
    out.push_str(before);
    out.push_str(&format!(
        "<script type=\"text/plain\" id=\"code\">{code}</script>\n<script>{check}</script>\n"
    ));
    out.push_str(&format!("<script type=\"module\">\n{glue}\n{script}</script>\n</body>{after}"));
    Ok(out.into_bytes())
}

/// Bytes as base64 text (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * n)) as usize & 63];
            out.push(if n <= chunk.len() { digit as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_the_rfc_has_it() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}

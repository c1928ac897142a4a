//! The page as one file: opened by double click, sent by mail, carried on a stick, put into `srcdoc`.
//!
//! A browser fetches nothing for a page from disk, so everything stands in it: the style sheets, the
//! scripts, and the code, compressed and as text of seven bits a character ([`packed`]). Its content security policy lets nothing be
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
const unpack = async (name) => {
  const text = document.getElementById(name).textContent;
  const bytes = new Uint8Array(((text.length - 1) * 7) >> 3);
  for (let n = 0, bits = 0, count = 0, at = 1; at < text.length; at += 1) {
    bits = ((bits << 7) | (text.charCodeAt(at) & 127)) & 0x7fff;
    count += 7;
    if (count >= 8) bytes[n++] = bits >> (count -= 8);
  }
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
};
const init = async () => __wbg_init({ module_or_path: await unpack("code") });
"#;

/// Unpacks the lessons: a line of names, each with its length, and then their bytes.
const LESSONS: &str = r#"
const lessons = (async () => {
  const bytes = new Uint8Array(await unpack("lessons"));
  const end = bytes.indexOf(10);
  const files = {};
  let at = end + 1;
  for (const [name, length] of JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)))) {
    files[name] = bytes.subarray(at, (at += length));
  }
  return files;
})();
globalThis.psyncLabFile = async (name) => (await lessons)[name];
"#;

/// The lessons as one piece, as [`LESSONS`] takes it apart.
fn joined(lessons: &[(String, Vec<u8>)]) -> Vec<u8> {
    let names = lessons.iter().map(|(name, bytes)| format!("[\"{name}\",{}]", bytes.len()));
    let mut all = format!("[{}]\n", names.collect::<Vec<_>>().join(",")).into_bytes();
    lessons.iter().for_each(|(_, bytes)| all.extend(bytes));
    all
}

/// The file's contents, from the glue, the code and the lessons.
pub(crate) fn page(
    project: &Project,
    glue: &str,
    wasm: &[u8],
    lessons: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, TaskError> {
    let text = |name: &str| read_text(&project.path(name));
    let styles =
        ["style", "history", "lesson", "embed", "share"].map(|name| text(&format!("www/{name}.css")));
    let styles = styles.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    let check = text("www/check.js")?;
    let mut script = without_comments(&text("www/embed.js")?);
    let import = r#"import init, { order } from "../pkg/psync_lab.js";"#;
    if !script.contains(import) {
        return Err(TaskError::Other("www/embed.js does not import the code as expected.".to_owned()));
    }
    let loads = "import(\"./lesson.js\").then((loader) => loader.lesson(...asked))";
    if !script.contains(loads) {
        return Err(TaskError::Other("www/embed.js does not load www/lesson.js as expected.".to_owned()));
    }
    let loader = without_comments(&text("www/lesson.js")?).replace("export async", "async");
    // Its names are its own, too.
    let loader = format!("const lesson = (() => {{\n{loader}\nreturn lesson;\n}})();\n");
    let begin = [UNPACK, LESSONS, &loader].concat();
    script = script.replace(import, &begin).replace(loads, "lesson(...asked)");
    let call = r#"import("./share.js").then((dialog) => dialog.open(fragment, lang))"#;
    let dialog = without_comments(&text("www/share.js")?);
    let dialog_import =
        r#"import init, { Export, share_qr, share_snippets, share_texts } from "../share/psync_lab.js";"#;
    if !script.contains(call) || !dialog.contains(dialog_import) {
        return Err(TaskError::Other("www/share.js is not loaded as expected.".to_owned()));
    }
    script = script.replace(call, "share(fragment, lang)");
    // Its names are its own; its code is in the page's.
    let dialog = dialog
        .replace(dialog_import, "const init = async () => {};")
        .replace("export async function", "async function");
    script.insert_str(0, &format!("const share = (() => {{\n{dialog}\nreturn open;\n}})();\n"));
    let code = packed(&gzip(wasm)?);
    let lessons = packed(&gzip(&joined(lessons))?);
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
            // Anything but an element would end the head, and with it the policy.
            if !line.starts_with('<') {
                return Err(TaskError::Other(format!(
                    "index.html: a line of its head is no element: {line}"
                )));
            }
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
        "<script type=\"text/plain\" id=\"code\">{code}</script>\n<script type=\"text/plain\" id=\"lessons\">{lessons}</script>\n<script>{check}</script>\n"
    ));
    out.push_str(&format!("<script type=\"module\">\n{glue}\n{script}</script>\n</body>{after}"));
    Ok(out.into_bytes())
}

/// Bytes as text of seven bits a character, a sixth larger than they are (base64 is a third larger).
/// Characters that HTML or a text file would change are moved up by 128. The first one says nothing.
fn packed(bytes: &[u8]) -> String {
    let mut out = String::from("=");
    let mut push = |seven: u32| {
        let taken = matches!(seven, 0 | 10 | 13 | 26 | 60 | 127);
        out.push(char::from(if taken { seven as u8 | 0x80 } else { seven as u8 }));
    };
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = (bits << 8 | u32::from(*byte)) & 0xffff;
        count += 8;
        while count >= 7 {
            count -= 7;
            push(bits >> count & 127);
        }
    }
    if count > 0 {
        push(bits << (7 - count) & 127);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_bytes_come_back_and_hold_nothing_of_html() {
        let bytes: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let text = packed(&bytes);
        assert!(!text.contains(['\0', '\r', '\n', '<']));
        // As the page unpacks it.
        let codes: Vec<u32> = text.chars().skip(1).map(u32::from).collect();
        let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
        for code in &codes {
            bits = (bits << 7 | code & 127) & 0x7fff;
            count += 7;
            if count >= 8 {
                count -= 8;
                out.push((bits >> count) as u8);
            }
        }
        out.truncate(codes.len() * 7 / 8);
        assert_eq!(out, bytes);
    }
}

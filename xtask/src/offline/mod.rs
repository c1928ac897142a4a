//! The page as one file: opened by double click, sent by mail, carried on a stick, put into `srcdoc`.
//!
//! A browser fetches nothing for a page from disk, so everything stands in it: the style sheets, the
//! scripts, the lessons, and the code in streams ([`split`]), compressed together (LZMA) and as dense text
//! ([`text`]); `www/offline.js` undoes this. Its content security policy lets nothing be fetched at all.

mod split;
mod text;

use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use std::io::Write;

use crate::error::TaskError;
use crate::project::{Project, read_text};
use crate::shrink::without_comments;
use split::Split;

/// The file's name.
pub(crate) const NAME: &str = "psync-lab-offline.html";

/// What may be done in it: its own scripts and styles, and nothing from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'";

/// Whoever puts it into a page of their own, or asks for it, gets it as a figure in a text.
const EMBED: &str = "if (parent !== self || /[?&]controls=/.test(location.search)) document.documentElement.dataset.embed = '';";

/// The lessons as one piece, as `www/offline.js` takes it apart.
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
    let styles = ["style", "history", "lesson", "embed", "share", "print"]
        .map(|name| text(&format!("www/{name}.css")));
    let styles = without_comments(&styles.into_iter().collect::<Result<Vec<_>, _>>()?.concat());
    let check = without_comments(&text("www/check.js")?);
    let mut script = without_comments(&text("www/embed.js")?);
    let import = r#"import init, { follow, order } from "../pkg/psync_lab.js";"#;
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
    let split = split::split(wasm)?;
    let parts = without_comments(&text("www/offline-parts.js")?);
    let begin =
        [&declared(&split, wasm.len()), &split::constants(), &parts, &loader].map(String::as_str).concat();
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
    let script = [glue, "\n", &script].concat();
    let whole = [styles.as_bytes(), script.as_bytes(), &split.streams.concat(), &joined(lessons)].concat();
    let numbers = format!(
        "var WHOLE={},SUM={},TEXTS=[{},{}],LITERALS={LITERALS};\n{}",
        whole.len(),
        adler(&whole),
        styles.len(),
        script.len(),
        text::constants()
    );
    let unpack = without_comments(&text("www/offline.js")?);
    let data = text::text(&compressed(&whole)?);
    if [&check, &unpack].iter().any(|text| text.contains("</script")) {
        return Err(TaskError::Other(format!("a script that goes into {NAME} holds `</script`.")));
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
    out.push_str(&format!("<script>{EMBED}</script>\n</head>"));
    let (before, after) = body
        .split_once("</body>")
        .ok_or_else(|| TaskError::Other("index.html has no end of its body.".to_owned()))?;
    out.push_str(&told_of_a_file(before)?);
    // Before the data: a file that is cut short says so.
    out.push_str(&format!("<script id=\"code\">\n{check}{numbers}{unpack}</script>\n"));
    out.push_str(&format!("<script type=\"text/plain\" id=\"data\">{data}</script>\n</body>{after}"));
    Ok(out.into_bytes())
}

/// What the page says when it cannot start, of a file instead of a site.
fn told_of_a_file(body: &str) -> Result<String, TaskError> {
    const SITE: [(&str, &str); 2] = [
        ("页面没有载入完整。请检查网络后刷新。", "这个文件不完整或已损坏，请重新取得它。"),
        (
            "A part of the page did not arrive. Check the network and reload.",
            "This file is incomplete or damaged. Please get it again.",
        ),
    ];
    let mut out = body.to_owned();
    for (site, file) in SITE {
        if !out.contains(site) {
            return Err(TaskError::Other(format!("index.html does not say `{site}`.")));
        }
        out = out.replace(site, file);
    }
    Ok(out)
}

/// The names in capitals of `www/offline-parts.js`, except the tables.
fn declared(split: &Split, size: usize) -> String {
    let streams = split.streams.iter().map(|stream| stream.len().to_string());
    format!(
        "const SIZE={size},BEFORE={},FUNCTIONS={},STREAMS=[{}];\n",
        split.before,
        split.functions,
        streams.collect::<Vec<_>>().join(",")
    )
}

/// How many bits of the byte before a byte are its context, in LZMA.
const LITERALS: u32 = 2;

fn compressed(bytes: &[u8]) -> Result<Vec<u8>, TaskError> {
    let options = LzmaOptions {
        dict_size: 1 << 22,
        lc: LITERALS,
        lp: 0,
        pb: 0,
        mode: EncodeMode::Normal,
        nice_len: LzmaOptions::NICE_LEN_MAX,
        mf: MfType::Bt4,
        depth_limit: 2000,
        preset_dict: None,
    };
    let failed =
        |problem: std::io::Error| TaskError::Other(format!("{NAME} cannot be compressed: {problem}."));
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false).map_err(failed)?;
    writer.write_all(bytes).and_then(|()| writer.finish()).map_err(failed)
}

/// The Adler-32 sum, by which a damaged file is known.
fn adler(bytes: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % PRIME;
        (a, (b + a) % PRIME)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_adlers() {
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_file_is_not_told_to_check_the_network() -> Result<(), TaskError> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let told = told_of_a_file(&read_text(&root.join("index.html"))?)?;
        assert!(
            told.contains("damaged") && !told.contains("Check the network") && !told.contains("检查网络")
        );
        assert!(told_of_a_file("").is_err());
        Ok(())
    }
}

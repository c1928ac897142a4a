//! The static site: what `dist/` holds.
//!
//! Every file that `index.html` names gets a fingerprint of its contents in its name, so that a
//! server may let browsers keep it for ever; all addresses are relative, so that the folder works
//! wherever it is put. Files of `www/` also keep their plain names, for pages that embed the lab.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::TaskError;
use crate::offline;
use crate::page::{self, NAME, Profile};
use crate::project::{Project, files_below, fingerprint, read, read_text, write};
use crate::run::step;
use crate::scorm;
use crate::setup::{self, Part};
use crate::shrink::{shrink, without_comments};
use crate::size;

/// Folders and files of `www/` that are for readers of the repository, or are written anew here.
const NOT_SHIPPED: [&str; 7] =
    ["shots/", "boot.js", "embed.js", "offline.js", "offline-parts.js", "share.js", "sw.js"];

/// Files of `www/` that stand at the top of the site under their plain names: pages of others and
/// browsers know them by these.
const PLAIN: [&str; 3] = ["psync-lab.js", "app.webmanifest", "icon.svg"];

/// The pages.
const PAGES: [(&str, &str); 2] = [("index.html", "boot.js"), ("embed.html", "embed.js")];

/// The name and contents of every file that a first visit loads.
pub(crate) type FirstLoad = Vec<(String, Vec<u8>)>;

/// What was written, for the sizes.
pub(crate) struct Written {
    /// What a first visit loads.
    pub(crate) page: FirstLoad,
    /// What a frame in someone's notes loads.
    pub(crate) embed: FirstLoad,
    /// What the dialog that shares loads when it is opened.
    pub(crate) share: FirstLoad,
    /// The loader of the element.
    pub(crate) loader: Vec<u8>,
    /// The page as one file.
    pub(crate) offline: Vec<u8>,
}

/// Builds the page and writes `dist/`.
pub(crate) fn task(project: &Project) -> Result<(), TaskError> {
    setup::all(project, &[Part::Page])?;
    let built = page::build(project, Profile::Release)?;
    let folder = project.path("dist");
    let written = assemble(project, &built, &folder)?;
    size::report_all(&written)?;
    println!("\nThe site is in {}: copy the folder to any web server.", project.shown(&folder));
    println!("{} is all of it in one file.", project.shown(&folder.join(offline::NAME)));
    Ok(())
}

/// Writes the site into `folder`.
pub(crate) fn assemble(project: &Project, code: &Path, folder: &Path) -> Result<Written, TaskError> {
    step(&format!("writing the site to {}", project.shown(folder)));
    if folder.is_dir() {
        fs::remove_dir_all(folder).map_err(TaskError::file("empty the folder", folder))?;
    }
    let www = project.path("www");
    for name in files_below(&www)? {
        if !NOT_SHIPPED.iter().any(|start| name.starts_with(start)) && !PLAIN.contains(&name.as_str()) {
            write(&folder.join("www").join(&name), &read(&www.join(&name))?)?;
        }
    }
    let mut site = Site { folder: folder.to_owned(), files: BTreeMap::new(), renamed: BTreeMap::new() };

    // From the leaves up: a name depends on the contents, and the contents on the names in them.
    let wasm = format!("{NAME}_bg.wasm");
    let glue = format!("{NAME}.js");
    let (mut text, bytes) = shrink(&read_text(&code.join(&glue))?, &read(&code.join(&wasm))?);
    site.add("pkg/", &wasm, bytes)?;
    for snippet in files_below(code)? {
        if snippet.starts_with("snippets/") {
            // The glue imports it by this very name.
            site.add_as_is("pkg/", &snippet, read(&code.join(&snippet))?)?;
        }
    }
    let lessons = site.lessons(code, &read_text(&www.join("lesson.js"))?)?;
    site.rename_inside(&mut text, "pkg/", &wasm, "the glue")?;
    site.add("pkg/", &glue, text.into_bytes())?;
    let share = page::for_sharing(project)?;
    let (mut text, bytes) = shrink(&read_text(&share.join(&glue))?, &read(&share.join(&wasm))?);
    site.add("share/", &wasm, bytes)?;
    site.rename_inside(&mut text, "share/", &wasm, "the glue for sharing")?;
    site.add("share/", &glue, text.into_bytes())?;
    site.add("www/", "share.css", read(&www.join("share.css"))?)?;
    let mut text = without_comments(&read_text(&www.join("share.js"))?);
    site.rename_inside(&mut text, "share/", &glue, "www/share.js")?;
    site.rename_inside(&mut text, "www/", "share.css", "www/share.js")?;
    site.add("www/", "share.js", text.into_bytes())?;
    for (_, script) in PAGES {
        let mut text = without_comments(&read_text(&www.join(script))?);
        site.rename_inside(&mut text, "pkg/", &glue, script)?;
        site.rename_inside(&mut text, "www/", "share.js", script)?;
        site.rename_inside(&mut text, "www/", "lesson.js", script)?;
        site.add("www/", script, text.into_bytes())?;
    }
    for name in PLAIN {
        let bytes = read(&www.join(name))?;
        let bytes = if name.ends_with(".js") {
            without_comments(&String::from_utf8_lossy(&bytes)).into_bytes()
        } else {
            bytes
        };
        site.add_as_is("", name, bytes)?;
    }
    let mut loads = Vec::new();
    for (page, _) in PAGES {
        loads.push(site.page(project, page)?);
    }
    let whole = page::with_sharing(project)?;
    let (text, bytes) = shrink(&read_text(&whole.join(&glue))?, &read(&whole.join(&wasm))?);
    let offline = offline::page(project, &text, &bytes, &lessons)?;
    write(&folder.join(offline::NAME), &offline)?;
    let scorm = |name: &str| read(&www.join("examples/scorm").join(name));
    let package = scorm::zip(&[
        ("imsmanifest.xml", scorm("imsmanifest.xml")?),
        ("index.html", scorm("index.html")?),
        ("scorm.js", scorm("scorm.js")?),
        (offline::NAME, offline.clone()),
    ])?;
    write(&folder.join(scorm::NAME), &package)?;
    site.worker(&read_text(&www.join("sw.js"))?)?;
    let share = site.files.iter().filter(|(name, _)| name.contains("share"));
    let share = share.map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
    let loader = site.files.get("psync-lab.js").cloned().unwrap_or_default();
    let embed = loads.pop().unwrap_or_default();
    let page = loads.pop().unwrap_or_default();
    Ok(Written { page, embed, share, loader, offline })
}

/// A site that is being written.
struct Site {
    folder: PathBuf,
    /// The files that the pages and scripts load, by their names.
    files: BTreeMap<String, Vec<u8>>,
    /// Plain file names and those with a fingerprint.
    renamed: BTreeMap<String, String>,
}

impl Site {
    /// Adds a file under a name with a fingerprint.
    fn add(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> Result<(), TaskError> {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let print = fingerprint(&bytes);
        let hashed = format!("{stem}-{}.{ending}", &print[..8]);
        self.add_as_is(folder, &hashed, bytes)?;
        self.renamed.insert(format!("{folder}{name}"), format!("{folder}{hashed}"));
        Ok(())
    }

    fn add_as_is(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> Result<(), TaskError> {
        let name = format!("{folder}{name}");
        write(&self.folder.join(&name), &bytes)?;
        self.files.insert(name, bytes);
        Ok(())
    }

    /// Adds what is loaded when a lesson is opened, and the script that knows its names; returns the
    /// lessons.
    fn lessons(&mut self, code: &Path, script: &str) -> Result<Vec<(String, Vec<u8>)>, TaskError> {
        let (wasm, glue) = ("lesson_reader_bg.wasm", "lesson_reader.js");
        self.add("pkg/reader/", wasm, read(&code.join("reader").join(wasm))?)?;
        let mut text = read_text(&code.join("reader").join(glue))?;
        self.rename_inside(&mut text, "pkg/reader/", wasm, "the reader's glue")?;
        self.add("pkg/reader/", glue, text.into_bytes())?;
        let mut lessons = Vec::new();
        let mut names = vec![format!("reader/{glue}")];
        for name in files_below(&code.join("lessons"))?.into_iter().filter(|name| !name.starts_with('.')) {
            let (name, bytes) = (format!("lessons/{name}"), read(&code.join("lessons").join(&name))?);
            self.add("pkg/", &name, bytes.clone())?;
            names.push(name.clone());
            lessons.push((name, bytes));
        }
        let named = names.iter().map(|name| {
            let new =
                self.renamed.get(&format!("pkg/{name}")).map_or("", |new| new.trim_start_matches("pkg/"));
            format!("\"{name}\":\"{new}\"")
        });
        let names = named.collect::<Vec<_>>().join(",");
        let text =
            without_comments(script).replace("const NAMES = {};", &format!("const NAMES = {{{names}}};"));
        self.add("www/", "lesson.js", text.into_bytes())?;
        Ok(lessons)
    }

    /// Adds a page with all that it names, and returns what loading it transfers.
    fn page(&mut self, project: &Project, page: &str) -> Result<FirstLoad, TaskError> {
        let mut html = read_text(&project.path(page))?;
        if html.contains("www/poster.js") {
            html = with_posters(project, &html)?;
        }
        let stem = page.trim_end_matches(".html");
        html =
            self.joined(project, &html, "<link rel=\"stylesheet\" href=\"./", &format!("{stem}-head.css"))?;
        html = self.joined(project, &html, "<script defer src=\"./", &format!("{stem}-head.js"))?;
        for name in local_names(&html) {
            if let Some(file) = name.strip_prefix("www/").filter(|_| !self.renamed.contains_key(&name)) {
                self.add("www/", file, read(&project.path(&name))?)?;
            }
        }
        for (plain, hashed) in &self.renamed {
            html = html.replace(&format!("./{plain}\""), &format!("./{hashed}\""));
        }
        let mut load = vec![(page.to_owned(), html.clone().into_bytes())];
        for name in local_names(&html) {
            if let Some(bytes) = self.files.get(&name).filter(|_| name.contains('/')) {
                load.push((name, bytes.clone()));
            }
        }
        self.add_as_is("", page, html.into_bytes())?;
        Ok(load)
    }

    /// Puts the files of all lines that begin so together into one, and its name into the first of the lines:
    /// each file more is a round trip before the first moment is painted.
    fn joined(
        &mut self,
        project: &Project,
        html: &str,
        start: &str,
        name: &str,
    ) -> Result<String, TaskError> {
        let mut all = String::new();
        let mut out = String::new();
        for line in html.lines() {
            let Some((file, rest)) = line.trim().strip_prefix(start).and_then(|rest| rest.split_once('"'))
            else {
                out.push_str(line);
                out.push('\n');
                continue;
            };
            if all.is_empty() {
                out.push_str(&format!("  {start}www/{name}\"{rest}\n"));
            }
            all.push_str(&without_comments(&read_text(&project.path(file))?));
        }
        self.add("www/", name, all.into_bytes())?;
        Ok(out)
    }

    /// Adds the service worker, which knows all files by name and changes when one of them does.
    fn worker(&mut self, text: &str) -> Result<(), TaskError> {
        let names: Vec<String> = self.files.keys().map(|name| format!("\"./{name}\"")).collect();
        let print = fingerprint(names.concat().as_bytes());
        let all: Vec<u8> = self.files.values().flatten().copied().collect();
        let version = format!("{}{}", &print[..8], &fingerprint(&all)[..8]);
        let list = [&["\"./\"".to_owned()], &names[..]].concat().join(", ");
        let text = without_comments(text).replace("\"FILES\"", &list).replace("VERSION", &version);
        write(&self.folder.join("sw.js"), text.as_bytes())
    }

    /// Puts the new name of `name` (a file of `folder`) into a text that must hold the plain one.
    fn rename_inside(
        &self,
        text: &mut String,
        folder: &str,
        name: &str,
        place: &str,
    ) -> Result<(), TaskError> {
        let hashed = self.renamed.get(&format!("{folder}{name}")).and_then(|new| new.strip_prefix(folder));
        match hashed {
            Some(hashed) if text.contains(name) => {
                *text = text.replace(name, hashed);
                Ok(())
            }
            _ => Err(TaskError::Other(format!("{place} does not name `{name}`: the site would not load."))),
        }
    }
}

/// A page with its first moment in each language, which `www/poster.js` shows until the code is there.
fn with_posters(project: &Project, html: &str) -> Result<String, TaskError> {
    let (before, after) = html
        .split_once("</body>")
        .ok_or_else(|| TaskError::Other("a page with posters has no end of its body.".to_owned()))?;
    Ok([before, &page::posters(project)?, "</body>", after].concat())
}

/// The files of this site that a page names in `href="./…"` and `src="./…"`, each once.
fn local_names(html: &str) -> Vec<String> {
    let mut names = Vec::new();
    for start in ["href=\"./", "src=\"./"] {
        for piece in html.split(start).skip(1) {
            let name = piece.split(['"', '?', '#']).next().unwrap_or("").to_owned();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_local_names_once() {
        let html = r#"<link href="./www/a.css"><script src="./www/b.js?x"></script>
            <a href="https://example.org/"></a><a href="./www/a.css#top"></a>"#;
        assert_eq!(local_names(html), ["www/a.css", "www/b.js"]);
    }

    #[test]
    fn the_pages_name_what_the_site_is_made_of() -> Result<(), TaskError> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (page, script) in PAGES {
            let names = local_names(&read_text(&root.join(page))?);
            for name in ["pkg/psync_lab.js", "pkg/psync_lab_bg.wasm", &format!("www/{script}")] {
                assert!(names.iter().any(|found| found == name), "{name} is preloaded or loaded");
            }
            for name in names.iter().filter(|name| name.starts_with("www/")) {
                assert!(root.join(name).is_file(), "{name} exists");
            }
        }
        Ok(())
    }
}

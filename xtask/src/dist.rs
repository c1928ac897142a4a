//! The static site: what `dist/` holds.
//!
//! Every file that `index.html` names gets a fingerprint of its contents in its name, so that a
//! server may let browsers keep it for ever; all addresses are relative, so that the folder works
//! wherever it is put. Files of `www/` also keep their plain names, for pages that embed the lab.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::TaskError;
use crate::page::{self, NAME, Profile};
use crate::project::{Project, files_below, fingerprint, read, read_text, write};
use crate::run::step;
use crate::setup::{self, Part};
use crate::shrink::shrink;
use crate::size;

/// Folders of `www/` that are for readers of the repository, not for visitors of the site.
const NOT_SHIPPED: [&str; 1] = ["shots/"];

/// The name and contents of every file that a first visit loads.
pub(crate) type FirstLoad = Vec<(String, Vec<u8>)>;

/// Builds the page and writes `dist/`.
pub(crate) fn task(project: &Project) -> Result<(), TaskError> {
    setup::all(project, &[Part::Page])?;
    let built = page::build(project, Profile::Release)?;
    let folder = project.path("dist");
    let first_load = assemble(project, &built, &folder)?;
    step("what a first visit transfers");
    size::report(&first_load)?;
    println!("\nThe site is in {}: copy the folder to any web server.", project.shown(&folder));
    Ok(())
}

/// Writes the site into `folder` and returns the files of a first load.
pub(crate) fn assemble(project: &Project, code: &Path, folder: &Path) -> Result<FirstLoad, TaskError> {
    step(&format!("writing the site to {}", project.shown(folder)));
    if folder.is_dir() {
        fs::remove_dir_all(folder).map_err(TaskError::file("empty the folder", folder))?;
    }
    let www = project.path("www");
    for name in files_below(&www)? {
        if !NOT_SHIPPED.iter().any(|start| name.starts_with(start)) {
            write(&folder.join("www").join(&name), &read(&www.join(&name))?)?;
        }
    }
    let mut site = Site { folder: folder.to_owned(), first_load: Vec::new(), renamed: BTreeMap::new() };

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
    for name in files_below(code)? {
        // Loaded when a lesson is opened, by these names.
        if name.starts_with("lessons/") || name.starts_with("reader/") {
            write(&folder.join("pkg").join(&name), &read(&code.join(&name))?)?;
        }
    }
    site.rename_inside(&mut text, &wasm, "the glue")?;
    site.add("pkg/", &glue, text.into_bytes())?;

    let mut html = read_text(&project.path("index.html"))?;
    for name in local_names(&html) {
        let Some(file) = name.strip_prefix("www/") else {
            continue;
        };
        let mut bytes = read(&www.join(file))?;
        if file == "boot.js" {
            let mut text = String::from_utf8_lossy(&bytes).into_owned();
            site.rename_inside(&mut text, &glue, "www/boot.js")?;
            bytes = text.into_bytes();
        }
        site.add("www/", file, bytes)?;
    }
    for (plain, hashed) in &site.renamed {
        html = html.replace(plain.as_str(), hashed);
    }
    site.add_as_is("", "index.html", html.into_bytes())?;
    // The plain one would load a name that is not there.
    let boot = folder.join("www/boot.js");
    if boot.is_file() {
        fs::remove_file(&boot).map_err(TaskError::file("remove", &boot))?;
    }
    site.first_load.reverse();
    Ok(site.first_load)
}

/// A site that is being written.
struct Site {
    folder: PathBuf,
    first_load: FirstLoad,
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
        self.first_load.push((name, bytes));
        Ok(())
    }

    /// Puts the new name of `name` (a file of `pkg/`) into a text that must hold the plain one.
    fn rename_inside(&self, text: &mut String, name: &str, place: &str) -> Result<(), TaskError> {
        let hashed = self.renamed.get(&format!("pkg/{name}")).and_then(|new| new.strip_prefix("pkg/"));
        match hashed {
            Some(hashed) if text.contains(name) => {
                *text = text.replace(name, hashed);
                Ok(())
            }
            _ => Err(TaskError::Other(format!("{place} does not name `{name}`: the site would not load."))),
        }
    }
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
    fn index_names_what_the_site_is_made_of() -> Result<(), TaskError> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let names = local_names(&read_text(&root.join("index.html"))?);
        for name in ["pkg/psync_lab.js", "pkg/psync_lab_bg.wasm", "www/boot.js"] {
            assert!(names.iter().any(|found| found == name), "{name} is preloaded or loaded");
        }
        for name in names.iter().filter(|name| name.starts_with("www/")) {
            assert!(root.join(name).is_file(), "{name} exists");
        }
        Ok(())
    }
}

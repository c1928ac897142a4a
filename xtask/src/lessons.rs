//! Lesson files: checked and played by the library's `psync-lesson`, and packed as the page loads them.

use std::path::Path;
use std::process::Command;

use crate::error::TaskError;
use crate::page::{self, Profile};
use crate::project::{Project, files_below, fingerprint, read, write};
use crate::run::{cargo, output_of, run};

/// Where the built-in lessons are, and their schema.
const FOLDER: &str = "www/lessons";
const SCHEMA: &str = "lesson.schema.json";

/// `psync-lesson`, ready for its words.
fn tool(project: &Project) -> Command {
    let mut command = Command::new(cargo());
    command.args(["run", "--quiet", "--package", "psync-lab", "--bin", "psync-lesson"]);
    // Without the page, which it does not need.
    command.args(["--no-default-features", "--features", "lesson-schema", "--"]);
    command.current_dir(&project.root);
    command
}

/// `check`, `play` and `schema`.
pub(crate) fn task(project: &Project, words: &[String]) -> Result<(), TaskError> {
    if words.first().is_some_and(|word| word == "schema") {
        let schema = output_of(tool(project).arg("schema"), "The schema could not be made.")?;
        write(&project.path(FOLDER).join(SCHEMA), schema.as_bytes())?;
        println!("The schema is in {FOLDER}/{SCHEMA}.");
        return Ok(());
    }
    // Files are named as they are from where one stands.
    let here = std::env::current_dir().map_err(TaskError::file("read", Path::new(".")))?;
    let named = |word: &String| {
        let path = here.join(word);
        let short = path.strip_prefix(&project.root).unwrap_or(&path);
        if path.exists() { short.display().to_string() } else { word.clone() }
    };
    let words: Vec<String> = words.iter().map(named).collect();
    run(tool(project).args(words), "docs/LESSONS.md says how a lesson is written.")
}

/// What a folder below `target/page` was made of: it is made again only when that has changed, since
/// both of these compile the library once more.
fn made_of(project: &Project, folders: &[&str]) -> Result<String, TaskError> {
    let mut all = Vec::new();
    for folder in folders {
        let root = project.path(folder);
        for name in files_below(&root)? {
            all.extend_from_slice(name.as_bytes());
            all.extend(read(&root.join(&name))?);
        }
    }
    all.extend(read(&project.path("Cargo.lock"))?);
    Ok(fingerprint(&all))
}

/// Makes `target/page/<store>` with `make` if what it is made of has changed, and copies it to
/// `<folder>/<name>`.
fn kept(
    project: &Project,
    (name, store): (&str, &str),
    of: &[&str],
    folder: &Path,
    make: impl FnOnce(&Path) -> Result<(), TaskError>,
) -> Result<(), TaskError> {
    let kept = project.target.join("page").join(store);
    let (mark, print) = (kept.join(".made-of"), made_of(project, of)?);
    if std::fs::read_to_string(&mark).ok().as_deref() != Some(&print) {
        make(&kept)?;
        write(&mark, print.as_bytes())?;
    }
    for file in files_below(&kept)? {
        if !file.starts_with('.') {
            write(&folder.join(name).join(&file), &read(&kept.join(&file))?)?;
        }
    }
    Ok(())
}

/// Puts beside the page's code what it loads for lessons: every built-in one (`lessons/why.zh.bin`), and
/// the module that reads a teacher's file (`reader/lesson_reader.js`).
pub(crate) fn beside(project: &Project, folder: &Path, profile: Profile) -> Result<(), TaskError> {
    kept(project, ("lessons", "lessons"), &["src/lesson", FOLDER], folder, |kept| pack(project, kept))?;
    let of = ["src/lesson", "src/sim", "src/redis"];
    let store = format!("reader-{}", profile.cargo_name());
    kept(project, ("reader", &store), &of, folder, |kept| page::lesson_reader(project, kept, profile))
}

/// Writes every built-in lesson into `folder`, as the page loads it.
fn pack(project: &Project, folder: &Path) -> Result<(), TaskError> {
    let source = project.path(FOLDER);
    if folder.is_dir() {
        // A lesson that is gone would stay otherwise.
        std::fs::remove_dir_all(folder).map_err(TaskError::file("empty the folder", folder))?;
    }
    std::fs::create_dir_all(folder).map_err(TaskError::file("make the folder", folder))?;
    let mut names = files_below(&source)?;
    names.retain(|name| name.ends_with(".json") && name != SCHEMA);
    // Their names begin with their numbers.
    names.sort();
    let files = names.iter().map(|name| source.join(name));
    run(tool(project).arg("pack").arg(folder).args(files), "See `cargo xtask lesson check`.")
}

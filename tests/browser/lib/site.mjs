// Serves the built site on a free port, below a folder, as a course's web server would.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** The built site: `cargo xtask dist` writes it. */
export const siteFolder = path.resolve(process.env.SITE ?? path.join(here, "../../../dist"));

/** Every address starts with this, so that a path from the server's root would fail. */
const BELOW = "/course/notes/";

const KINDS = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** What a careful site sends. Scripts come from files only; compiling WebAssembly is allowed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src blob:",
  "frame-ancestors *",
].join("; ");

/**
 * Starts the server; `address` is the page's, `close()` ends it. `headers` are sent with everything; `pack`
 * compresses a file with brotli.
 */
export async function serveSite(folder = siteFolder, headers = {}, pack = undefined) {
  await stat(path.join(folder, "index.html")).catch(() => {
    throw new Error(`there is no site in ${folder}: run \`cargo xtask dist\` first`);
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const file = path.join(folder, decodeURIComponent(pathname.slice(BELOW.length)).replace(/(^|\/)$/, "$1index.html"));
    const known = pathname.startsWith(BELOW) && file.startsWith(folder + path.sep);
    if (!known || !(await stat(file).catch(() => undefined))?.isFile()) {
      response.writeHead(404).end("not found");
      return;
    }
    response.writeHead(200, {
      "content-type": KINDS[path.extname(file)] ?? "application/octet-stream",
      // Examples are other people's pages: they have their own scripts.
      ...(file.includes(`${path.sep}examples${path.sep}`) ? {} : { "content-security-policy": CONTENT_SECURITY_POLICY }),
      "access-control-allow-origin": "*",
      "cache-control": "no-store",
      ...(pack ? { "content-encoding": "br" } : {}),
      ...headers,
    });
    if (pack) response.end(pack(file));
    else createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}${BELOW}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

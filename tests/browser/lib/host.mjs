// Pages of others that embed the lab: served from another origin, as course notes are.
import { createServer } from "node:http";

/** A server of pages, given as `{ "/name": "<html>" }`; more can be added to `pages`. */
export async function serveHost(pages = {}) {
  const server = createServer((request, response) => {
    const found = pages[new URL(request.url, "http://x").pathname];
    const { body = found, headers = {} } = typeof found === "object" ? found : {};
    if (found === undefined) return response.writeHead(404).end("not found");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    pages,
    // Another host name, so that frames are of another site.
    address: `http://localhost:${server.address().port}`,
    close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))),
  };
}

/** A page that records all messages it gets in `window.got`. */
export const recorder = (body) =>
  `<!doctype html><meta charset="utf-8"><title>Notes</title><link rel="icon" href="data:,">
   <script>window.got = []; addEventListener("message", (event) => got.push(event.data));</script>${body}`;

/** Waits until the page has got a message that `test` (a function's source) accepts, and returns it. */
export async function message(page, test) {
  const handle = await page.waitForFunction(`got.find(${test})`);
  return handle.jsonValue();
}

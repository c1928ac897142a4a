// Pages of others that embed the lab: served from another origin, as course notes are.
import { createServer } from "node:http";
import { after } from "node:test";
import { openLab } from "./lab.mjs";

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

/** The lab and a host of another site for a file of tests, closed after it. */
export async function openBoth() {
  const lab = await openLab();
  const host = await serveHost();
  after(async () => {
    await host.close();
    await lab.close();
  });
  return { lab, host };
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

/** Opens a page of another site: `body` at the address `/name` of `host`. */
export async function openNotes(lab, host, name, body, options = {}) {
  host.pages[`/${name}`] = body;
  const context = await lab.browser.newContext({ viewport: { width: 1000, height: 800 }, locale: "zh-CN", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  await page.goto(`${host.address}/${name}`);
  return { page, complaints };
}

/** Sends a message to the first frame. */
export const send = (page, values) =>
  page.evaluate((values) => {
    document.querySelector("iframe").contentWindow.postMessage({ target: "psync-lab", v: 1, ...values }, "*");
  }, values);

/** Sends a message and waits for the answer to it. */
export async function ask(page, values) {
  const id = `r${Math.random()}`;
  await send(page, { ...values, id });
  return message(page, `(m) => m.source === "psync-lab" && m.re === "${id}"`);
}

// A page in Chromium with everything it complains about.
import { chromium } from "playwright-core";
import { serveSite } from "./site.mjs";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium (the one that CHROMIUM names) with an empty profile. */
export async function launch() {
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: asRoot ? ["--no-sandbox", ...FLAGS] : FLAGS,
  });
}

/** What Playwright itself writes to the console of a visit without service workers. */
const BLOCKED = "Service Worker registration blocked by Playwright";

/**
 * One server and one browser for a file of tests:
 *
 *     const lab = await openLab();
 *     after(() => lab.close());
 *     const { page, complaints } = await lab.visit("?lang=en");
 */
export async function openLab() {
  const site = await serveSite();
  const browser = await launch();
  return {
    address: site.address,
    browser,
    /** A new page of a new visitor. `options` are Playwright's for a context. */
    async visit(query = "", options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1366, height: 768 },
        locale: "zh-CN",
        // Installed, it would answer in place of the routes of a test. Its own test is in embed.spec.mjs.
        serviceWorkers: "block",
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const complaints = collectComplaints(page, site.address);
      const requests = [];
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(site.address + query, { waitUntil: "load" });
      await started(page);
      return { page, context, complaints, requests };
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

/** Waits until the page has replaced the loading message, and fails with what it says if it cannot. */
export async function started(page) {
  await page.waitForFunction(() => {
    const failure = document.getElementById("boot-failure");
    return (failure && !failure.hidden) || !document.getElementById("boot-loading");
  });
  const failure = page.locator("#boot-failure");
  if (await failure.isVisible()) throw new Error(`the page did not start: ${await failure.innerText()}`);
}

/** Waits until both replicas of the start scene are online, in either language and at any size. */
export async function bothOnline(page) {
  await page.locator(".twin", { hasText: /2\/2/ }).waitFor({ state: "attached", timeout: 20_000 });
}

/** Console errors and warnings, uncaught errors, failed requests and requests to other places. */
export function collectComplaints(page, address) {
  const complaints = [];
  page.on("console", (message) => {
    if (message.text() === BLOCKED) return;
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    complaints.push(`request failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    const local = [address, "data:", "blob:"].some((start) => request.url().startsWith(start));
    if (!local) complaints.push(`asks another place: ${request.url()}`);
  });
  return complaints;
}

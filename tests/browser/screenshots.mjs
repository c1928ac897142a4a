// Takes the README's screenshots: node screenshots.mjs FOLDER. `cargo xtask screenshots` runs it.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { openLab } from "./lib/lab.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("say where to put the screenshots: node screenshots.mjs FOLDER");

const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };

const SHOTS = [
  { name: "now-light", lang: "zh", colorScheme: "light", viewport: DESK, moment: lap },
  { name: "now-dark-en", lang: "en", colorScheme: "dark", viewport: DESK, moment: lap },
  { name: "now-phone", lang: "zh", colorScheme: "light", viewport: PHONE, deviceScaleFactor: 2, moment: lap },
  { name: "lesson-light", lang: "zh", query: "&lesson=cascade", colorScheme: "light", viewport: DESK, moment: question },
  { name: "lesson-dark-en", lang: "en", query: "&lesson=first-sync", colorScheme: "dark", viewport: DESK, moment: reveal },
  { name: "figure-light-en", lang: "en", at: "embed.html", query: "&lesson=cut", colorScheme: "light", viewport: { width: 720, height: 640 }, moment: paused },
];

const WAIT = { timeout: 30_000 };

/** Brings the page to the moment a picture should show: replica B was cut off, its bytes are gone. */
async function lap(page, lang) {
  const zh = lang === "zh";
  await page.getByRole("button", { name: zh ? /^主库 .*从库 2\/2 在线/ : /^master .*2\/2 replicas online/ }).waitFor(WAIT);
  const cut = zh ? "剪断链路 172.16.19.3–172.16.19.7" : "cut link 172.16.19.3–172.16.19.7";
  await page.waitForTimeout(1500);
  await page.getByRole("button", { name: cut }).click();
  await page.getByText(zh ? /已被覆盖 .* 字节/ : /^[\d ]+ bytes overwritten$/).first().waitFor({ ...WAIT, state: "attached" });
  await page.waitForTimeout(300);
  await page.getByRole("button", { name: zh ? "暂停" : "Pause" }).first().click();
}

/** The first question of a lesson. */
async function question(page) {
  const next = page.locator("section.lesson footer .next");
  const form = page.locator("section.lesson .answers");
  await next.waitFor(WAIT);
  for (let steps = 0; steps < 4 && !(await form.isVisible()); steps++) {
    await next.click();
    await page.waitForTimeout(1500);
  }
  await form.waitFor(WAIT);
  await page.waitForTimeout(500);
}

/** What the world says to the first answer. */
async function reveal(page) {
  await question(page);
  const form = page.locator("section.lesson .answers");
  await form.locator(".option input").first().check();
  await form.locator(".btn.pri").click();
  await page.locator("section.lesson .reveal").waitFor(WAIT);
  await page.waitForTimeout(1500);
}

/** A figure in a text waits for its reader. */
async function paused(page) {
  await page.locator("section.lesson").waitFor(WAIT);
  await page.waitForTimeout(500);
}

await mkdir(folder, { recursive: true });
const lab = await openLab();
try {
  for (const { name, lang, moment, at = "", query = "", ...options } of SHOTS) {
    const { page, context, complaints } = await lab.visit(`${at}?lang=${lang}&speed=2${query}`, options);
    await moment(page, lang);
    await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: at !== "" });
    if (complaints.length > 0) throw new Error(`${name}: the page complains: ${complaints.join("; ")}`);
    await context.close();
  }
} finally {
  await lab.close();
}

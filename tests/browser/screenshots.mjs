// Takes the README's screenshots: node screenshots.mjs FOLDER. `cargo xtask screenshots` runs it.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { openLab } from "./lib/lab.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("say where to put the screenshots: node screenshots.mjs FOLDER");

const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };

const SHOTS = [
  { name: "now-light", lang: "zh", colorScheme: "light", viewport: DESK },
  { name: "now-dark", lang: "zh", colorScheme: "dark", viewport: DESK },
  { name: "now-light-en", lang: "en", colorScheme: "light", viewport: DESK },
  { name: "now-dark-en", lang: "en", colorScheme: "dark", viewport: DESK },
  { name: "now-phone", lang: "zh", colorScheme: "light", viewport: PHONE, deviceScaleFactor: 2 },
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

await mkdir(folder, { recursive: true });
const lab = await openLab();
try {
  for (const { name, lang, ...options } of SHOTS) {
    const { page, context, complaints } = await lab.visit(`?lang=${lang}&speed=2`, options);
    await lap(page, lang);
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    if (complaints.length > 0) throw new Error(`${name}: the page complains: ${complaints.join("; ")}`);
    await context.close();
  }
} finally {
  await lab.close();
}

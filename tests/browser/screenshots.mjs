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

/** What a picture should show: the first sync is over and commands are on their way. */
const UNTIL_LIVELY = 6000;

await mkdir(folder, { recursive: true });
const lab = await openLab();
try {
  for (const { name, lang, ...options } of SHOTS) {
    const { page, context, complaints } = await lab.visit(`?lang=${lang}`, options);
    await page.waitForTimeout(UNTIL_LIVELY);
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    if (complaints.length > 0) throw new Error(`${name}: the page complains: ${complaints.join("; ")}`);
    await context.close();
  }
} finally {
  await lab.close();
}

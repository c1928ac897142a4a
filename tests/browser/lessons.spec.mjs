// Every lesson, played to its end by doing what the page asks, with the page's own controls.
//
// The lesson file says which control does what is asked (`await.do`); everything else is read from the
// screen. SHOTS=folder keeps a picture of every step; LESSON=name plays one lesson only.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { openLab } from "./lib/lab.mjs";
import { Student } from "./lib/student.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(here, "../../www/lessons");
const shots = process.env.SHOTS;

let lab;
before(async () => {
  lab = await openLab();
  if (shots) await mkdir(shots, { recursive: true });
});
after(() => lab?.close());

const files = (await readdir(folder)).filter((name) => name.endsWith(".json") && !name.includes("schema")).sort();
const lessons = [];
for (const name of files) {
  const lesson = JSON.parse(await readFile(path.join(folder, name), "utf8"));
  if (!process.env.LESSON || process.env.LESSON === lesson.id) lessons.push(lesson);
}
assert.ok(lessons.length > 0, "there are lessons");

for (const lesson of lessons) {
  for (const [lang, wrongFirst] of [["zh", false], ["en", false], ["en", true]]) {
    const how = wrongFirst ? `${lang}, the wrong thing first` : lang;
    test(`lesson ${lesson.id} (${how}) is played to its end`, async () => {
      const { page, context, complaints } = await lab.visit(`?lesson=${lesson.id}&lang=${lang}&speed=5`);
      const student = new Student(page, lesson, lang, wrongFirst ? undefined : shots);
      await student.play(wrongFirst);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
  if (lesson.challenges?.length) {
    test(`the challenges of lesson ${lesson.id} are won by their solutions`, async () => {
      const { page, context, complaints } = await lab.visit(`?lesson=${lesson.id}&lang=zh&speed=5`);
      const student = new Student(page, lesson, "zh", shots);
      await student.challenges();
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}

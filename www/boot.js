// Loads the page's code and starts it.
import init from "../pkg/psync_lab.js";

// What the page asks of the browser.
globalThis.psyncLab = {
  tell() {},
  lesson: (...asked) => import("./lesson.js").then((loader) => loader.lesson(...asked)),
};
try {
  await init();
} catch (problem) {
  // Once the page has drawn itself, a later failure is its own to report.
  if (document.getElementById("boot-loading")) globalThis.psyncLabFailed?.("load", String(problem));
  throw problem;
}

// Loads the page's code and starts it.
import init from "../pkg/psync_lab.js";

try {
  await init();
} catch (problem) {
  // Once the page has drawn itself, a later failure is its own to report.
  if (document.getElementById("boot-loading")) globalThis.psyncLabFailed?.("load", String(problem));
  throw problem;
}

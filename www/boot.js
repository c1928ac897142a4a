// Loads the page's code and starts it.
import init, { follow } from "../pkg/psync_lab.js";

// What the page asks of the browser; www/embed.js has the one for pages inside others.
globalThis.psyncLab = {
  tell() {},
  lesson: (...asked) => import("./lesson.js").then((loader) => loader.lesson(...asked)),
  share: (fragment, lang) => import("./share.js").then((dialog) => dialog.open(fragment, lang)).catch(() => psyncLabNotShared(fragment)),
};
try {
  // What stands there already is painted first. (A hidden tab paints nothing.)
  if (document.documentElement.dataset.poster !== undefined && !document.hidden) {
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  }
  await init();
} catch (problem) {
  // Once the page has drawn itself, a later failure is its own to report.
  if (document.getElementById("boot-loading")) globalThis.psyncLabFailed?.("load", String(problem));
  throw problem;
}
// Another session in the same tab.
addEventListener("hashchange", () => follow(location.hash));
// For use without a network. A browser that has no workers, or forbids them, goes without.
try {
  if (isSecureContext && self === top) await navigator.serviceWorker?.register("./sw.js");
} catch {}

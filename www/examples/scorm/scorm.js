// Tells a learning platform (SCORM 1.2) what the lab tells: where the learner is and the score.
(() => {
  /** The score that passes: imsmanifest.xml says the same. */
  const PASS = 60;

  /** The platform's object: in a parent window or in the one that opened this, at most some levels up. */
  function find(from) {
    for (let at = from, n = 0; at && n < 10; n += 1, at = at.parent === at ? null : at.parent) {
      try {
        if (at.API) return at.API;
      } catch {
        // A window of another site: not the platform's.
      }
    }
    return null;
  }
  const api = find(window) ?? (window.opener ? find(window.opener) : null);
  const call = (name, ...values) => {
    try {
      return String(api?.[name]?.(...values) ?? "");
    } catch {
      return "";
    }
  };
  const get = (key) => call("LMSGetValue", key);
  const set = (key, value) => call("LMSSetValue", key, String(value));

  const began = Date.now();
  call("LMSInitialize", "");
  // However it ends, it is gone on with.
  set("cmi.core.exit", "suspend");
  if (["", "not attempted"].includes(get("cmi.core.lesson_status"))) set("cmi.core.lesson_status", "incomplete");
  set("cmi.core.score.min", 0);
  set("cmi.core.score.max", 100);
  const lab = document.getElementById("lab");
  /** By lesson: how many challenges it has, and the best score of each that was won. */
  const won = {};
  let state = "";
  /** The score told: it never falls. */
  let top = Number(get("cmi.core.score.raw")) || 0;
  const most = (one, other) => Math.max(Number(one) || 0, Number(other) || 0);
  function win(lesson, of, challenge, score) {
    const here = (won[lesson] ??= { of: 0, best: {} });
    here.of = most(here.of, of);
    here.best[challenge] = Math.min(100, most(here.best[challenge], score));
  }
  try {
    const kept = JSON.parse(get("cmi.suspend_data") || "{}");
    for (const [lesson, { of, best }] of Object.entries(kept.won ?? {})) {
      for (const [challenge, score] of Object.entries(best)) win(lesson, of, challenge, score);
    }
    state = typeof kept.state === "string" ? kept.state : "";
  } catch {
    // Data of another version: a fresh start.
  }

  const send = (type, values) => lab.contentWindow.postMessage({ target: "psync-lab", v: 1, type, ...values }, "*");

  /** How long it was open, as SCORM writes it: `HH:MM:SS`. */
  function time() {
    const seconds = Math.floor((Date.now() - began) / 1000);
    return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  }

  function keep() {
    // SCORM 1.2 keeps 4096 characters: the score is worth more than the session.
    const both = JSON.stringify({ won, state });
    set("cmi.suspend_data", both.length <= 4000 ? both : JSON.stringify({ won }));
    set("cmi.core.session_time", time());
    call("LMSCommit", "");
  }

  /** The mean over all challenges of the lessons in which one was won; what is not won yet counts nothing. */
  function score() {
    let [sum, count] = [0, 0];
    for (const { of, best } of Object.values(won)) {
      const scores = Object.values(best);
      sum += scores.reduce((sum, one) => sum + one, 0);
      count += Math.max(of, scores.length);
    }
    return Math.round(sum / count);
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== lab.contentWindow || data?.source !== "psync-lab" || data.v !== 1) return;
    if (data.type === "ready" && state) send("setState", { state });
    if (data.type === "state" && typeof data.state === "string") ((state = data.state), keep());
    if (data.type === "step") (set("cmi.core.lesson_location", `${data.lesson}/${data.step}`.slice(0, 255)), keep());
    // One that is lost can be tried again: it costs nothing.
    if (data.type === "challenge" && data.won) {
      win(data.lesson, data.of, data.challenge, data.score);
      top = most(top, score());
      set("cmi.core.score.raw", top);
      if (top >= PASS) set("cmi.core.lesson_status", "passed");
      keep();
    }
  });
  let open = true;
  const end = () => {
    if (open) (keep(), call("LMSFinish", ""));
    open = false;
  };
  addEventListener("pagehide", end);
  addEventListener("beforeunload", end);
})();

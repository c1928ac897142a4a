// Tells a learning platform (SCORM 1.2) what the lab tells: where the learner is and the score.
(() => {
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

  call("LMSInitialize", "");
  if (["", "not attempted"].includes(get("cmi.core.lesson_status"))) set("cmi.core.lesson_status", "incomplete");
  set("cmi.core.score.min", 0);
  set("cmi.core.score.max", 100);
  const lab = document.getElementById("lab");
  /** The best score of each challenge. */
  let best = {};
  let state = "";
  try {
    const kept = JSON.parse(get("cmi.suspend_data") || "{}");
    best = Object.fromEntries(Object.entries(kept.best ?? {}).filter(([, score]) => Number.isFinite(score)));
    state = typeof kept.state === "string" ? kept.state : "";
  } catch {
    // Data of another version: a fresh start.
  }

  const send = (type, values) => lab.contentWindow.postMessage({ target: "psync-lab", v: 1, type, ...values }, "*");

  function keep() {
    // SCORM 1.2 keeps 4096 characters: the score is worth more than the session.
    const both = JSON.stringify({ best, state });
    set("cmi.suspend_data", both.length <= 4000 ? both : JSON.stringify({ best }));
    call("LMSCommit", "");
  }

  addEventListener("message", ({ source, data }) => {
    if (source !== lab.contentWindow || data?.source !== "psync-lab" || data.v !== 1) return;
    if (data.type === "ready" && state) send("setState", { state });
    if (data.type === "state" && typeof data.state === "string") ((state = data.state), keep());
    if (data.type === "step") (set("cmi.core.lesson_location", `${data.lesson}/${data.step}`.slice(0, 255)), keep());
    if (data.type === "challenge") {
      const score = Math.min(100, Math.max(0, Number(data.score) || 0));
      const name = `${data.lesson}/${data.challenge}`;
      best[name] = Math.max(best[name] ?? 0, data.won ? score : 0);
      const all = Object.values(best);
      const mean = Math.round(all.reduce((sum, one) => sum + one, 0) / all.length);
      set("cmi.core.score.raw", mean);
      if (data.won) set("cmi.core.lesson_status", mean >= 60 ? "passed" : "completed");
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

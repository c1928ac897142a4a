// Starts the page inside another one and speaks with that one; docs/EMBED.md has the messages.
//
// The host is a stranger: only the parent window is heard, an envelope has to be exactly right, and
// everything in it is held to a size before the page's own code reads it.
import init, { follow, order } from "../pkg/psync_lab.js";

const VERSION = 1;
const host = window.parent === window ? undefined : window.parent;
/** The largest message that is read, in characters. */
const MOST = 70_000;

/** The values of a message to the host, by its kind. */
const OUT = {
  ready: ["lang", "version", "re"],
  resize: ["height"],
  state: ["re", "state", "at", "playing"],
  error: ["re", "code", "message"],
  step: ["lesson", "step", "of"],
  question: ["lesson", "question", "answer", "right"],
  challenge: ["lesson", "challenge", "won", "score", "of"],
};
/** The value of a message from the host, by its kind, and its type. */
const IN = {
  hello: [],
  load: ["lesson", "string"],
  play: [],
  pause: [],
  seek: ["at", "number"],
  step: ["count", "number"],
  getState: [],
  setState: ["state", "string"],
  setTheme: ["theme", "string"],
  setLang: ["lang", "string"],
  focus: [],
};

let sent = 0;
/** The version of permalinks, known when the page is drawn; the names of greetings that came before that. */
let version;
const early = [];
let playing = false;

function tell(kind, values) {
  const message = { source: "psync-lab", v: VERSION, id: (sent += 1), type: kind };
  OUT[kind].forEach((name, n) => {
    if (values[n] !== undefined) message[name] = values[n];
  });
  // The target is the parent whoever it is: nothing in a message is secret from the page around it.
  host?.postMessage(message, "*");
  if (kind === "state") playing = values[3];
  if (kind === "ready" && version === undefined) {
    version = values[1];
    early.splice(0).forEach(greet);
  }
}

/** Tells a host that listens late what it missed, as it is by now. */
function greet(re) {
  tell("ready", [document.documentElement.lang, version, re]);
  told = 0;
  resize();
}

const refuse = (re, code, message) => tell("error", [re, code, message]);

/** The name of a request, if it is one: a number or a short text. */
const named = (id) => (typeof id === "number" || (typeof id === "string" && id.length <= 64) ? id : undefined);

function heard(event) {
  if (!host || event.source !== host) return;
  const data = event.data;
  if (typeof data !== "object" || data === null) return;
  if (data.context === "h5p") return h5p(data.action);
  if (data.target !== "psync-lab") return;
  const re = named(data.id);
  if (data.v !== VERSION) return refuse(re, "version", `only version ${VERSION} is understood`);
  const known = typeof data.type === "string" && Object.hasOwn(IN, data.type);
  if (!known) return refuse(re, "type", "there is no such message");
  const [name, type] = IN[data.type];
  const value = name && data[name];
  if (name && typeof value !== type && !(data.type === "step" && value === undefined)) {
    return refuse(re, "value", `${data.type} needs ${name}, a ${type}`);
  }
  if (type === "string" && value.length > MOST) return refuse(re, "value", `${name} is too long`);
  if (data.type === "hello") {
    if (version !== undefined) greet(re);
    else if (early.length < 10) early.push(re);
    return;
  }
  order(data.type, type === "string" ? value : "", type === "number" ? (value ?? 1) : 0, re);
}

// Heights. The page is as high as its contents, which follow from its width alone: never from the
// height of the frame, so that a host that grows the frame does not make it grow again.
let told = 0;
const app = document.getElementById("app");

function resize() {
  const height = Math.ceil(app.getBoundingClientRect().height);
  if (!host || height === told || height === 0 || document.fullscreenElement) return;
  told = height;
  tell("resize", [height]);
  // What other hosts listen to. None of them minds the rest.
  const canvas = { subject: "lti.frameResize", height };
  host.postMessage(canvas, "*");
  host.postMessage(JSON.stringify(canvas), "*");
  host.postMessage(JSON.stringify({ src: location.href, context: "iframe.resize", height }), "*");
  const child = new URLSearchParams(location.search).get("childId");
  if (child) host.postMessage(["pym", child, "height", height].join("xPYMx"), "*");
  if (h5p.host) h5p("resize");
}

/** H5P's own small conversation. */
function h5p(action) {
  const say = (what) => host.postMessage({ context: "h5p", action: what, ...size() }, "*");
  const size = () => ({ scrollHeight: told, clientHeight: told });
  if (action === "hello") h5p.host = true;
  if (action === "hello" || action === "resize") say("prepareResize");
  if (action === "resizePrepared") say("resize");
}

globalThis.psyncLab = {
  tell,
  lesson: (...asked) => import("./lesson.js").then((loader) => loader.lesson(...asked)),
  share: (fragment, lang) => import("./share.js").then((dialog) => dialog.open(fragment, lang)).catch(() => psyncLabNotShared(fragment)),
};
addEventListener("message", heard);
// After what a reader does, the host gets the session: it can bring it back if it moves the frame.
let idle;
for (const kind of ["click", "change", "keyup"]) {
  addEventListener(kind, () => {
    clearTimeout(idle);
    if (host) idle = setTimeout(() => order("getState", "", 0, undefined), 150);
  });
}
// So it does while time runs.
setInterval(() => playing && !document.hidden && order("getState", "", 0, undefined), 2000);
try {
  await init();
  new ResizeObserver(() => requestAnimationFrame(resize)).observe(app);
  host?.postMessage({ context: "h5p", action: "hello" }, "*");
} catch (problem) {
  if (document.getElementById("boot-loading")) globalThis.psyncLabFailed?.("load", String(problem));
  refuse(undefined, "load", String(problem).slice(0, 200));
  throw problem;
}
addEventListener("hashchange", () => follow(location.hash));

// The dialog that shares a session: a link, snippets for notes, pictures and logs. It is loaded when
// it is opened; what is in the files comes from the same Rust code as the page (src/share.rs).
import init, { Export, share_qr, share_snippets, share_texts } from "../share/psync_lab.js";

/** The page as one file has all of it inside. It may have no address that others can open. */
const whole = Boolean(document.getElementById("code"));
const web = location.protocol.startsWith("http");
const [here] = location.href.split(/[?#]/);
const disk = location.protocol === "file:";

/** The address for others: the site's folder, or the page as one file, where the reader puts it. */
function address() {
  if (!whole) return new URL("..", import.meta.url).href;
  return web ? here : `https://HOST/${disk ? here.split("/").pop() : "psync-lab-offline.html"}`;
}

/** The dialog's parts. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function download(name, blob) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const text = (kind, body) => new Blob([body], { type: `${kind};charset=utf-8` });

/** An SVG file as a picture that a canvas can draw. */
async function picture(svg) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function canvas(image, scale) {
  const made = el("canvas", { width: image.width * scale, height: image.height * scale });
  made.getContext("2d").drawImage(image, 0, 0, made.width, made.height);
  return made;
}

const png = async (svg) => {
  const drawn = canvas(await picture(svg), 2);
  return new Promise((done, failed) => drawn.toBlob((blob) => (blob ? done(blob) : failed(new Error("PNG"))), "image/png"));
};

/** The last seconds before the moment as a film, recorded while they are drawn. */
async function film(session, from, to) {
  const type = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"].find((type) => globalThis.MediaRecorder?.isTypeSupported(type));
  if (!type) return undefined;
  session.seek(from);
  const screen = canvas(await picture(session.write("svg", 0, 0)), 1);
  const recorder = new MediaRecorder(screen.captureStream(), { mimeType: type, videoBitsPerSecond: 2_500_000 });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  const start = performance.now();
  // At half speed, as the page runs: a message can be followed.
  for (let at = from; at < to; at = from + (performance.now() - start) / 2000) {
    session.seek(at);
    screen.getContext("2d").drawImage(await picture(session.write("svg", 0, 0)), 0, 0);
    await new Promise((done) => setTimeout(done, 40));
  }
  recorder.stop();
  await ended;
  session.seek(to);
  return new Blob(parts, { type: "video/webm" });
}

/** Opens the dialog for the session of this fragment. */
export async function open(fragment, lang) {
  await init();
  const style = !whole && new URL("./share.css", import.meta.url).href;
  if (style && !document.querySelector(`link[href="${style}"]`)) {
    const sheet = el("link", { rel: "stylesheet", href: style });
    const there = new Promise((done) => (sheet.onload = sheet.onerror = done));
    document.head.append(sheet);
    await there;
  }
  const w = JSON.parse(share_texts(lang));
  const short = lang.slice(0, 2);
  const page = address();
  const link = `${disk ? here : page}?lang=${short}#${fragment}`;
  const said = el("p", { class: "said", role: "status" });
  const field = el("input", { class: "link", readonly: "", value: link, "aria-label": w.link });
  const code = el("textarea", { readonly: "", spellcheck: "false", "aria-label": w.embed });
  const copy = (from) => async () => {
    from.focus();
    from.select();
    // A frame may not be allowed to: then the reader copies what is selected.
    const done = await navigator.clipboard?.writeText(from.value).then(() => true, () => false);
    said.textContent = done ? w.copied : w.copy_self;
  };
  const snippets = JSON.parse(share_snippets(page, whole, fragment, lang));
  const places = el("select", { "aria-label": w.place, onchange: () => (code.value = snippets[places.selectedIndex][2]) });
  places.append(...snippets.map(([name, title]) => el("option", { value: name }, title)));
  code.value = snippets[0][2];

  let session;
  const opened = () => (session ??= new Export(page, fragment, lang));
  const range = () => [Math.max(0, opened().at() - 12), opened().at()];
  const write = (form) => opened().write(form, ...range());
  const all = (form) => opened().write(form, 0, opened().at());
  const files = [
    [w.picture_svg, () => download("psync-lab.svg", text("image/svg+xml", write("svg")))],
    [w.picture_png, async () => download("psync-lab.png", await png(write("svg")))],
    [w.history_svg, () => download("psync-lab-history.svg", text("image/svg+xml", write("history")))],
    [w.film, async () => {
      said.textContent = w.film_busy;
      const blob = await film(opened(), ...range());
      said.textContent = blob ? "" : w.film_none;
      if (blob) download("psync-lab.webm", blob);
    }],
    [w.mermaid, () => download("psync-lab.mmd", text("text/plain", write("mermaid")))],
    [w.shiviz, () => download("psync-lab-shiviz.log", text("text/plain", all("shiviz")))],
    [w.markdown, () => download("psync-lab.md", text("text/markdown", all("markdown")))],
  ];
  if (web || disk) files.push([w.file, () => download("psync-lab.url", text("text/plain", `[InternetShortcut]\r\nURL=${link}\r\n`))]);
  const save = ([name, make]) =>
    el("button", { type: "button", class: "btn", onclick: async () => {
      try {
        await make();
        // A frame in a sandbox cannot know whether it may save.
        if (self !== top && self.origin === "null") said.textContent = w.no_save;
      } catch (problem) {
        said.textContent = w.failed + (problem.message ?? problem);
      }
    } }, name);

  const [size, path] = web ? share_qr(link).split(" M") : [];
  const qr = el("div", { class: "qr" });
  if (path) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    // With the four light modules around it that scanners want.
    made.setAttribute("viewBox", `-4 -4 ${+size + 8} ${+size + 8}`);
    made.setAttribute("shape-rendering", "crispEdges");
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", w.qr);
    const squares = document.createElementNS("http://www.w3.org/2000/svg", "path");
    squares.setAttribute("d", `M${path}`);
    made.append(squares);
    qr.append(made);
  } else qr.append(el("p", {}, w.qr_none));

  const part = (title, ...children) => el("section", {}, el("h3", {}, title), ...children);
  const dialog = el("dialog", { class: "share", "aria-label": w.title },
    el("header", {}, el("h2", {}, w.title), el("button", { type: "button", class: "btn", onclick: () => dialog.close() }, w.close)),
    part(w.link, el("div", { class: "row" }, field, el("button", { type: "button", class: "btn pri", onclick: copy(field) }, w.copy)),
      el("p", {}, !web ? w.no_site : link.length > 2000 ? w.long : w.link_hint), said),
    part(w.embed, el("div", { class: "row" }, places, el("button", { type: "button", class: "btn", onclick: copy(code) }, w.copy)), code),
    part(w.save, el("div", { class: "row" }, ...files.map(save))),
    web ? part(w.qr, qr) : "",
  );
  dialog.addEventListener("close", () => (session?.free(), dialog.remove()));
  // Keys belong to the dialog while it is open.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
  const drawn = qr.querySelector("svg");
  if (drawn) {
    // A module is so many whole pixels: three of the page, more if there are few modules, fewer if there is no room.
    const all = +size + 8;
    const most = Math.floor((qr.clientWidth * devicePixelRatio) / all) / devicePixelRatio;
    const width = all * Math.min(most, Math.max(3, Math.floor(168 / all)));
    drawn.setAttribute("width", width);
    drawn.setAttribute("height", width);
  }
}

// <psync-lab lesson="ring" lang="zh" controls="mini" theme="auto">What is shown without it</psync-lab>
//
// Put the lab into any page: one script, one element. docs/EMBED.md has all attributes and events.
// What stands inside the element stays there until the lab is ready, and for readers without scripts.
(() => {
  if (customElements.get("psync-lab")) return;
  const base = new URL(".", document.currentScript?.src || import_url());
  function import_url() {
    // Loaded as a module there is no current script: the newest one of this name is it.
    return [...document.scripts].map((script) => script.src).findLast((src) => /psync-lab[^/]*\.js/.test(src)) || location.href;
  }
  /** Attributes that there is no message for: the frame is loaded again. With the second ones it is another session. */
  const LOOKS = ["controls", "show", "speed", "keys", "motion", "bg"];
  const STARTS = ["seed", "step"];
  const PASSED = ["lesson", "lang", "play", "at", ...LOOKS, ...STARTS];
  const ALL = [...PASSED, "theme", "state"];
  /** Names the question for the session before the frame is loaded again. */
  const LAST = "psync-lab-last";

  /** Light or dark, as the page around it says: mdBook's class, Docusaurus', MkDocs' and others' attributes. */
  function themeOf(root) {
    const says = [root.dataset.theme, root.dataset.bsTheme, root.dataset.colorMode, document.body?.dataset.mdColorScheme];
    const word = says.find(Boolean) || [...root.classList, ...(document.body?.classList ?? [])].find((name) => /^(light|rust|dark|coal|navy|ayu|slate)$/.test(name));
    if (!word) return "auto";
    return /dark|coal|navy|ayu|slate/.test(word) ? "dark" : /light|rust|default/.test(word) ? "light" : "auto";
  }

  class PsyncLab extends HTMLElement {
    static observedAttributes = ALL;
    #box = document.createElement("div");
    #frame;
    #ready = false;
    /** What the frame was opened with, and was told since. */
    #told = {};
    /** Messages for when it is ready. */
    #queue = [];
    #undo = [];
    #height;

    constructor() {
      super();
      this.#box.append(document.createElement("slot"));
      this.attachShadow({ mode: "open" }).append(this.#box);
    }

    connectedCallback() {
      for (const name of ALL) {
        // A property that was set before this script came.
        if (!Object.hasOwn(this, name)) continue;
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
      this.style.display ||= "block";
      this.#room();
      const heard = (event) => this.#hear(event);
      addEventListener("message", heard);
      this.#undo.push(() => removeEventListener("message", heard));
      // The frame loads when it comes near: a page with twenty of them starts with none.
      const near = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && (near.disconnect(), this.#open()), { rootMargin: "300px" });
      near.observe(this);
      const watch = new MutationObserver(() => this.#follow());
      for (const node of [document.documentElement, document.body]) {
        if (node) watch.observe(node, { attributes: true, attributeFilter: ["class", "data-theme", "data-bs-theme", "data-color-mode", "data-md-color-scheme"] });
      }
      this.#undo.push(() => near.disconnect(), () => watch.disconnect());
    }

    disconnectedCallback() {
      this.#undo.splice(0).forEach((undo) => undo());
      // A frame that is moved loads again: it goes on from the session it had.
      this.#close();
    }

    attributeChangedCallback() {
      this.#follow();
    }

    /** What the attributes and the page around them say. */
    #wishes() {
      const all = Object.fromEntries(ALL.map((name) => [name, this.getAttribute(name)]));
      if (!all.theme || all.theme === "auto") all.theme = themeOf(document.documentElement);
      return all;
    }

    /** The address of the frame. */
    get src() {
      const url = new URL("embed.html", base);
      const now = this.#wishes();
      for (const name of [...PASSED, "theme"]) {
        if (now[name] !== null) url.searchParams.set(name, now[name]);
      }
      url.hash = this.session || now.state || "";
      return url.href;
    }

    /** Tells the lab what differs from what it knows; what changes while it loads, when it is ready. */
    #follow() {
      if (!this.#ready) return;
      const now = this.#wishes();
      const is = (name) => now[name] !== this.#told[name];
      if (this.#another(now) || LOOKS.some(is)) {
        // Its session first. What it is asked for meanwhile waits for the next frame.
        this.#post("getState", { id: LAST });
        this.#ready = false;
        return;
      }
      if (is("theme")) this.send("setTheme", { theme: now.theme });
      if (now.lang && is("lang")) this.send("setLang", { lang: now.lang });
      if (is("lesson")) this.send("load", { lesson: now.lesson });
      if (now.state && is("state")) this.send("setState", { state: now.state });
      if (now.at && is("at")) this.seek(Number(now.at));
      if (now.play && is("play")) this.send(now.play === "0" ? "pause" : "play");
      this.#told = now;
    }

    /** Whether it is another session: no lesson any more, a teacher's file, another seed or step. */
    #another(now) {
      const is = (name) => now[name] !== this.#told[name];
      return STARTS.some(is) || (is("lesson") && !/^[\w-]+$/.test(now.lesson ?? ""));
    }

    #open() {
      if (this.#frame || !this.isConnected) return;
      const frame = document.createElement("iframe");
      frame.src = this.src;
      this.#told = this.#wishes();
      frame.title = this.title || this.getAttribute("aria-label") || "PSYNC Lab";
      frame.allow = "fullscreen; clipboard-write";
      frame.referrerPolicy = "no-referrer";
      const sandbox = this.getAttribute("sandbox");
      if (sandbox !== null) frame.setAttribute("sandbox", sandbox || "allow-scripts allow-downloads");
      Object.assign(frame.style, { border: "0", width: "100%", display: "block", colorScheme: "normal", height: this.#room() });
      this.#frame = frame;
      // What stands inside stays visible until the lab has drawn itself.
      if (this.childNodes.length) Object.assign(frame.style, { position: "absolute", top: "0", left: "0", visibility: "hidden" });
      this.#box.replaceChildren(document.createElement("slot"), frame);
    }

    /** Room for the frame from the start: nothing jumps, and nothing of it sticks out of the page. */
    #room() {
      const height = this.#height || this.getAttribute("height") || "600px";
      Object.assign(this.#box.style, { position: "relative", overflow: "hidden", minHeight: height });
      return height;
    }

    #close() {
      this.#frame?.remove();
      this.#frame = undefined;
      this.#ready = false;
    }

    #hear({ source, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow || data?.source !== "psync-lab" || data.v !== 1) return;
      if (data.type === "resize" && data.height > 0 && data.height < 10000) {
        this.#height = this.#frame.style.height = `${data.height}px`;
      }
      if (data.type === "state") this.session = data.state;
      if (data.re === LAST) {
        const now = this.#wishes();
        if (this.#another(now) || now.state !== this.#told.state) this.session = now.state;
        this.#close();
        return this.#open();
      }
      if (data.type === "ready" && !data.re) {
        this.#ready = true;
        Object.assign(this.#frame.style, { position: "static", visibility: "visible" });
        this.#box.querySelector("slot")?.remove();
        this.#box.removeAttribute("style");
        this.#follow();
        for (const [type, values] of this.#queue.splice(0)) this.send(type, values);
      }
      this.dispatchEvent(new CustomEvent(`psync-${data.type}`, { detail: data, bubbles: true }));
    }

    #post(type, values) {
      this.#frame.contentWindow?.postMessage({ target: "psync-lab", v: 1, type, ...values }, "*");
    }

    /** Sends a message to the lab, as soon as it is ready: see docs/EMBED.md. */
    send(type, values = {}) {
      if (this.#ready) this.#post(type, values);
      else this.#queue.push([type, values]);
    }

    play() { this.send("play"); }
    pause() { this.send("pause"); }
    step(count = 1) { this.send("step", { count }); }
    seek(at) { this.send("seek", { at }); }
    focus() { this.#frame?.focus(); this.send("focus"); }
    requestFullscreen() { return this.#frame?.requestFullscreen(); }

    /** The session as a permalink. */
    getState() {
      return new Promise((done) => {
        const id = Math.random().toString(36).slice(2);
        const heard = (event) => event.detail.re === id && (this.removeEventListener("psync-state", heard), done(event.detail.state));
        this.addEventListener("psync-state", heard);
        this.send("getState", { id });
      });
    }

    setState(state) { this.send("setState", { state }); }
  }
  for (const name of ALL) {
    // `lang` is HTML's own; `play` and `step` are methods.
    if (name in PsyncLab.prototype) continue;
    Object.defineProperty(PsyncLab.prototype, name, {
      get() { return this.getAttribute(name); },
      set(value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); },
    });
  }
  customElements.define("psync-lab", PsyncLab);
})();

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
  const PASSED = ["lesson", "lang", "controls", "show", "play", "speed", "at", "step", "seed", "keys", "motion", "bg"];

  /** Light or dark, as the page around it says: mdBook's class, Docusaurus', MkDocs' and others' attributes. */
  function themeOf(root) {
    const says = [root.dataset.theme, root.dataset.bsTheme, root.dataset.colorMode, document.body?.dataset.mdColorScheme];
    const word = says.find(Boolean) || [...root.classList, ...(document.body?.classList ?? [])].find((name) => /^(light|rust|dark|coal|navy|ayu|slate)$/.test(name));
    if (!word) return "auto";
    return /dark|coal|navy|ayu|slate/.test(word) ? "dark" : /light|rust|default/.test(word) ? "light" : "auto";
  }

  class PsyncLab extends HTMLElement {
    static observedAttributes = ["theme", "lang", "lesson", "state"];
    #frame;
    #ready = false;
    #undo = [];
    #height;

    connectedCallback() {
      this.style.display ||= "block";
      // Room for it from the start: nothing jumps, and what lies far below stays far below.
      this.style.minHeight ||= this.getAttribute("height") || "600px";
      const heard = (event) => this.#hear(event);
      addEventListener("message", heard);
      this.#undo.push(() => removeEventListener("message", heard));
      // The frame loads when it comes near: a page with twenty of them starts with none.
      const near = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && (near.disconnect(), this.#open()), { rootMargin: "300px" });
      near.observe(this);
      const watch = new MutationObserver(() => this.#tellTheme());
      for (const node of [document.documentElement, document.body]) {
        if (node) watch.observe(node, { attributes: true, attributeFilter: ["class", "data-theme", "data-bs-theme", "data-color-mode", "data-md-color-scheme"] });
      }
      this.#undo.push(() => near.disconnect(), () => watch.disconnect());
    }

    disconnectedCallback() {
      this.#undo.splice(0).forEach((undo) => undo());
      // A frame that is moved loads again: it goes on from the session it had.
      this.#frame?.remove();
      this.#frame = undefined;
      this.#ready = false;
    }

    attributeChangedCallback(name, before, now) {
      if (!this.#ready || before === now) return;
      if (name === "theme") this.#tellTheme();
      if (name === "lang") this.send("setLang", { lang: now });
      if (name === "lesson") this.send("load", { lesson: now });
      if (name === "state" && now) this.send("setState", { state: now });
    }

    /** The address of the frame. */
    get src() {
      const url = new URL("embed.html", base);
      for (const name of PASSED) {
        const value = this.getAttribute(name);
        if (value !== null) url.searchParams.set(name, value);
      }
      url.searchParams.set("theme", this.#theme());
      url.hash = this.session || this.getAttribute("state") || "";
      return url.href;
    }

    #theme() {
      const own = this.getAttribute("theme") || "auto";
      return own === "auto" ? themeOf(document.documentElement) : own;
    }

    #tellTheme() {
      if (this.#ready) this.send("setTheme", { theme: this.#theme() });
    }

    #open() {
      if (this.#frame || !this.isConnected) return;
      const frame = document.createElement("iframe");
      frame.src = this.src;
      frame.title = this.getAttribute("title") || this.getAttribute("aria-label") || "PSYNC Lab";
      frame.loading = "lazy";
      frame.allow = "fullscreen; clipboard-write";
      frame.referrerPolicy = "no-referrer";
      const sandbox = this.getAttribute("sandbox");
      if (sandbox !== null) frame.setAttribute("sandbox", sandbox || "allow-scripts allow-downloads");
      Object.assign(frame.style, { border: "0", width: "100%", display: "block", colorScheme: "normal", height: this.#height || this.getAttribute("height") || "600px" });
      this.#frame = frame;
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      // What stands inside stays visible until the lab has drawn itself.
      if (!shadow.firstChild) shadow.append(document.createElement("slot"));
      if (this.childNodes.length) Object.assign(frame.style, { position: "absolute", visibility: "hidden" });
      shadow.append(frame);
    }

    #hear({ source, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow || data?.source !== "psync-lab" || data.v !== 1) return;
      if (data.type === "ready") {
        this.#ready = true;
        Object.assign(this.#frame.style, { position: "static", visibility: "visible" });
        this.shadowRoot.querySelector("slot")?.remove();
        this.style.minHeight = "0";
      }
      if (data.type === "resize" && data.height > 0 && data.height < 10000) {
        this.#height = this.#frame.style.height = `${data.height}px`;
      }
      if (data.type === "state") this.session = data.state;
      this.dispatchEvent(new CustomEvent(`psync-${data.type}`, { detail: data, bubbles: true }));
    }

    /** Sends a message to the lab: see docs/EMBED.md. */
    send(type, values = {}) {
      this.#frame?.contentWindow?.postMessage({ target: "psync-lab", v: 1, type, ...values }, "*");
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
  customElements.define("psync-lab", PsyncLab);
})();

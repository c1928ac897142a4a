// Keeps the site for use without a network. `cargo xtask dist` puts the names of its files here.
const FILES = ["FILES"];
// Other copies of the site may lie on the same origin, and share its caches: the scope says whose one is.
const OURS = `psync-lab ${registration.scope} `;
const NAME = `${OURS}VERSION`;
// A file with a fingerprint is always the same. Of the others the browser may have kept those of the build before,
// which name files that are gone.
const fresh = (name) => (/-[0-9a-f]{8}\.\w+$/.test(name) ? name : new Request(name, { cache: "reload" }));

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES.map(fresh))).then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(OURS) && name !== NAME;
  const clean = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const find = (what) => caches.match(what, { ignoreSearch: true, cacheName: NAME });
  const kept = () => find(request);
  // A page may have changed: the network first. A file with a fingerprint never does.
  const answer =
    request.mode === "navigate"
      ? fetch(request).catch(async () => (await kept()) ?? (await find("./")))
      : kept().then((found) => found ?? fetch(request));
  event.respondWith(answer);
});

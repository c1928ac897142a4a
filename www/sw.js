// Keeps the site for use without a network. `cargo xtask dist` puts the names of its files here.
const NAME = "psync-lab-VERSION";
const FILES = ["FILES"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("psync-lab-") && name !== NAME;
  const clean = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const kept = () => caches.match(request, { ignoreSearch: true });
  // A page may have changed: the network first. A file with a fingerprint never does.
  const answer =
    request.mode === "navigate"
      ? fetch(request).catch(async () => (await kept()) ?? (await caches.match("./")))
      : kept().then((found) => found ?? fetch(request));
  event.respondWith(answer);
});

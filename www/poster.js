// Shows the page's first moment until the code has arrived: `cargo xtask dist` puts it into the page, once
// for each language, drawn by the page's own components. It does not answer yet, and it is gone when it would.
(function () {
  "use strict";
  // It is the start of the free lab: an address that asks for something else waits for the code.
  var asks = /^(\?((lang=[a-z]+|theme=(light|dark|contrast|auto))(&|$))*)?$/;
  var loading = document.getElementById("boot-loading");
  if (!asks.test(location.search) || location.hash || !loading || loading.hidden) { return; }
  var asked = function (name) { return (location.search.match(new RegExp("[?&]" + name + "=(\\w+)")) || [])[1]; };
  var tags = (navigator.languages || [navigator.language]).map(function (tag) { return tag.slice(0, 2).toLowerCase(); });
  var langs = asked("lang") ? [asked("lang")] : tags.concat("en");
  var kept = langs.map(function (lang) { return document.getElementById("poster-" + lang); }).filter(Boolean)[0];
  if (!kept) { return; }
  var root = document.documentElement;
  root.lang = kept.lang;
  root.dataset.theme = asked("theme") || "auto";
  // In the page's language only: looking for another one's font takes longer than all the rest.
  Array.prototype.forEach.call(loading.children, function (part) { part.hidden = part.lang !== kept.lang; });
  var parts = kept.textContent.split("\n");
  loading.insertAdjacentHTML("beforebegin", parts[0]);
  var poster = loading.previousElementSibling;
  poster.inert = true;
  var fill = function () {
    if (!document.contains(poster)) { return; }
    poster.querySelectorAll(".side, .view.ring, .view.history").forEach(function (box, n) { box.innerHTML = parts[n + 1]; });
    style();
    root.dataset.poster = "all";
  };
  var style = function () {
    poster.querySelectorAll("[data-style]").forEach(function (part) { part.style.cssText = part.dataset.style; });
  };
  if (matchMedia("(max-width: 1100px)").matches) { fill(); return; }
  // The stage is laid out and painted first, what stands around it in the frame after.
  root.dataset.poster = "stage";
  style();
  requestAnimationFrame(function () { setTimeout(fill); });
})();

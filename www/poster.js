// Shows the page's first moment until the code has arrived: `cargo xtask dist` puts it into the page, once
// for each language, drawn by the page's own components. It does not answer yet, and it is gone when it would.
(function () {
  "use strict";
  // It is the start of the free lab: an address that asks for something else waits for the code.
  var asks = /^(\?((lang=(zh|en)|theme=(light|dark|contrast|auto))(&|$))*)?$/;
  var loading = document.getElementById("boot-loading");
  if (!asks.test(location.search) || location.hash || !loading || loading.hidden) { return; }
  var asked = function (name) { return (location.search.match(new RegExp("[?&]" + name + "=(\\w+)")) || [])[1]; };
  var tags = (navigator.languages || [navigator.language]).map(function (tag) { return tag.slice(0, 2).toLowerCase(); });
  var lang = asked("lang") || tags.filter(function (tag) { return tag === "zh" || tag === "en"; })[0] || "en";
  var kept = document.getElementById("poster-" + lang);
  if (!kept) { return; }
  var root = document.documentElement;
  root.lang = lang === "zh" ? "zh-CN" : lang;
  root.dataset.theme = asked("theme") || "auto";
  root.dataset.poster = "";
  loading.insertAdjacentHTML("beforebegin", kept.textContent);
  var poster = loading.previousElementSibling;
  poster.inert = true;
  poster.querySelectorAll("[data-style]").forEach(function (part) { part.style.cssText = part.dataset.style; });
})();

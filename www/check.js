// Says in words why the page cannot start, instead of staying blank, or why it cannot share. Written for old
// browsers too.
(function () {
  "use strict";
  function fail(reason, detail) {
    var box = document.getElementById("boot-failure");
    var loading = document.getElementById("boot-loading");
    var text = document.querySelector('[data-reason="' + reason + '"]');
    if (!box || !text) { return; }
    if (loading) { loading.hidden = true; }
    // What does not answer, and never will, must not stand there.
    var poster = document.querySelector("#app > [inert]");
    if (poster) { poster.remove(); }
    text.hidden = false;
    box.hidden = false;
    document.getElementById("boot-detail").textContent = detail || "";
  }
  window.psyncLabFailed = fail;
  // An old page asks for the dialog of its own build, which is gone when there is a newer one. The address becomes
  // the link.
  window.psyncLabNotShared = function (fragment) {
    document.getElementById("share-failure").showModal();
    history.replaceState(null, "", "#" + fragment);
  };
  // The link holds the session after `#`, or nothing: then what the address says there must stay. A link
  // that differs only there would not load the page again.
  document.addEventListener("click", function (event) {
    var pressed = event.target.closest && event.target.closest("#boot-failure a, #share-failure a, #share-failure button");
    if (pressed && pressed.tagName === "BUTTON") {
      document.getElementById("share-failure").close();
    } else if (pressed) {
      var link = pressed;
      event.preventDefault();
      if (link.getAttribute("href")) { location.hash = link.hash; }
      location.reload();
    }
  });
  if (typeof WebAssembly !== "object" || !("noModule" in document.createElement("script"))) {
    fail("browser");
  } else if (location.protocol === "file:" && !document.getElementById("code")) {
    fail("file");
  } else {
    // A script that does not arrive tells only its own element.
    window.addEventListener("error", function (event) {
      var target = event.target;
      if (target && target.tagName === "SCRIPT") { fail("load", target.src); }
    }, true);
  }
})();

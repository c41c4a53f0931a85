// What pages can do better with scripts; every page works without them.
(function () {
  "use strict";

  // The error summary, or the row just added, is where the reader goes on.
  function focusFirst(root) {
    const target = root.querySelector("[data-focus]");
    if (target) {
      target.focus();
      target.scrollIntoView({ block: "center" });
    }
  }

  // An error link focuses the control it names, not only its place.
  document.addEventListener("click", function (event) {
    const link = event.target.closest(".yb-error-summary a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (control) {
      event.preventDefault();
      control.focus();
      control.scrollIntoView({ block: "center" });
    }
  });

  // Questions that are asked only after certain answers; what is hidden is not sent.
  function answerOf(form, name) {
    const controls = form.elements[name];
    if (!controls) { return ""; }
    if (controls instanceof RadioNodeList) { return controls.value; }
    return controls.type === "checkbox" ? String(controls.checked) : controls.value;
  }

  function applyConditions(form) {
    form.querySelectorAll("[data-when]").forEach(function (block) {
      const shown = JSON.parse(block.dataset.whenIn).includes(answerOf(form, block.dataset.when));
      block.hidden = !shown;
      block.querySelectorAll("input, select, textarea").forEach(function (control) { control.disabled = !shown; });
    });
  }

  // A double click must not send a form twice; the server would refuse the second one anyway.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(function () { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // Upload progress.
  document.addEventListener("htmx:xhr:progress", function (event) {
    const bar = event.target.querySelector && event.target.querySelector("progress");
    if (!bar || !event.detail.lengthComputable) { return; }
    bar.hidden = false;
    bar.value = Math.round(event.detail.loaded / event.detail.total * 100);
  });

  // A file that is too large is not worth the wait; the server checks it all the same.
  function tellAbout(input, sentence) {
    const id = input.id + "-said";
    let place = document.getElementById(id);
    if (!place) {
      place = document.createElement("div");
      place.id = id;
      place.className = "yb-error";
      place.setAttribute("role", "alert");
      input.before(place);
    }
    place.textContent = sentence;
    if (sentence) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    }
  }

  function tooLarge(form) {
    const input = form.querySelector("input[type=file][data-max-bytes]");
    const file = input && input.files[0];
    if (!file || file.size <= Number(input.dataset.maxBytes)) { return false; }
    const size = (file.size / 1048576).toFixed(1) + " MB";
    tellAbout(input, input.dataset.tooLarge.replace("{size}", size));
    return true;
  }
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.target.matches("form.yb-upload") && tooLarge(event.target)) { event.preventDefault(); }
  });
  ["htmx:sendError", "htmx:responseError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      const input = event.target.querySelector && event.target.querySelector("input[type=file]");
      if (input) { tellAbout(input, input.dataset.notSent); }
    });
  });

  function prepare(root) {
    root.querySelectorAll("form").forEach(applyConditions);
    focusFirst(root);
  }
  document.addEventListener("change", function (event) {
    if (event.target.form) { applyConditions(event.target.form); }
  });
  document.addEventListener("htmx:load", function (event) {
    if (event.target !== document.body) { prepare(event.target.parentElement || event.target); }
  });

  // One clock for everything that refreshes itself; it rests while nobody looks.
  const POLL_MS = 30000;
  window.setInterval(function () {
    if (document.visibilityState === "visible") { document.body.dispatchEvent(new Event("portal:poll")); }
  }, POLL_MS);

  document.documentElement.classList.add("js");
  prepare(document);
}());

// The review queue by keyboard. Without this file the same forms and links work, each with a page of its own.
"use strict";

(() => {
  const review = document.getElementById("review");
  const said = document.getElementById("review-said");
  const help = document.getElementById("review-help");
  const keysOn = document.getElementById("review-keys-on");
  const KEYS_OFF = "pledgewatch-review-keys-off";
  // Nobody has read a card so soon: a second press was meant for the one before.
  const SETTLING_MS = 250;
  const LOOKING_MS = 120;
  let busy = false;
  let shownAt = -SETTLING_MS;
  let looking = 0;
  let lookingAfter = null;

  // One card after the other.

  function say(words, refused) {
    said.textContent = words;
    said.classList.toggle("refused", refused);
  }

  function show(html) {
    review.innerHTML = html;
    const state = document.getElementById("review-state").dataset;
    history.replaceState(null, "", state.address);
    say(state.said, "refused" in state);
    shownAt = performance.now();
    ready();
    scrollTo(0, 0);
    const wanted = review.querySelector(".errorlist + input, [data-focus]") || document.getElementById("card");
    wanted.focus({ preventScroll: true });
  }

  async function load(address, options) {
    if (busy) return;
    busy = true;
    review.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { ...options, headers: { "X-Requested-With": "fetch" } });
      if (answer.redirected || ![200, 409].includes(answer.status)) {
        say(`This did not work (${answer.status}). Load the page again: you may have been signed out.`, true);
      } else {
        show(await answer.text());
      }
    } catch {
      say("The server did not answer. Whether the decision arrived is not known: load the page again to see.", true);
    } finally {
      busy = false;
      review.setAttribute("aria-busy", "false");
    }
  }

  review.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    const address = button && button.hasAttribute("formaction") ? button.formAction : event.target.action;
    load(address, { method: "POST", body: new FormData(event.target, button) });
  });

  review.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      load(link.href);
    }
    const option = event.target.closest("#found [role=option]");
    if (option) choose(option);
  });

  // Finding a commitment by words: a list below the field, gone through with the arrow keys.

  const field = () => document.getElementById("to");
  const options = () => [...document.querySelectorAll("#found [role=option]")];

  function ready() {
    const to = field();
    if (!to) return;
    to.setAttribute("role", "combobox");
    to.setAttribute("aria-autocomplete", "list");
    to.setAttribute("aria-controls", "found");
    to.setAttribute("aria-expanded", "false");
    const list = document.getElementById("found");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Commitments found");
  }

  function words() {
    return field().value.split(",").pop().trim();
  }

  async function look() {
    const number = ++looking;
    const wanted = words();
    let found = [];
    try {
      const answer = wanted && await fetch(`${field().dataset.find}?q=${encodeURIComponent(wanted)}`);
      if (answer && answer.ok) found = (await answer.json()).found;
    } catch {
      say("The server did not answer. Give the reference, or try again.", true);
    }
    if (number !== looking || !field()) return;
    lookingAfter = null;
    list(found);
    const exact = found.some((one) => one.reference.toLowerCase() === wanted.toLowerCase());
    if (found.length && !exact) mark(0);
    else if (wanted && !found.length) say("No commitment has these words.", false);
  }

  function list(found) {
    document.getElementById("found").replaceChildren(...found.map((one, place) => {
      const item = Object.assign(document.createElement("li"), { id: `found-${place}` });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.reference = one.reference;
      item.append(Object.assign(document.createElement("b"), { textContent: one.reference }), ` ${one.title}`);
      return item;
    }));
    document.getElementById("found").hidden = !found.length;
    field().setAttribute("aria-expanded", String(found.length > 0));
    field().removeAttribute("aria-activedescendant");
    document.getElementById("found").scrollIntoView({ block: "nearest" });
  }

  function marked() {
    return options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  }

  function mark(place) {
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    field().setAttribute("aria-activedescendant", `found-${place}`);
    options()[place].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    const to = field();
    const before = to.value.split(",").slice(0, -1).map((word) => word.trim());
    to.value = [...before, option.dataset.reference].join(", ");
    list([]);
    to.focus();
  }

  function inFinder(event) {
    const count = options().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((marked() + step + count) % count);
    } else if (event.key === "Enter" && marked() >= 0) {
      event.preventDefault();
      choose(options()[marked()]);
    } else if (event.key === "Enter" && lookingAfter !== null) {
      event.preventDefault();  // what is found comes in a moment
    } else if (event.key === "Escape" && count) {
      event.stopPropagation();
      list([]);
      return true;
    }
    return false;
  }

  review.addEventListener("input", (event) => {
    if (event.target.id !== "to") return;
    clearTimeout(lookingAfter);
    lookingAfter = setTimeout(look, LOOKING_MS);
  });

  // Keys. They do nothing while one types or chooses, and can be switched off.

  function keysAreOn() {
    return keysOn.checked;
  }

  function showKeys() {
    document.body.classList.toggle("review-keys-on", keysAreOn());
  }

  try {
    keysOn.checked = localStorage.getItem(KEYS_OFF) === null;
  } catch { /* a browser that keeps nothing has the keys on */ }
  keysOn.addEventListener("change", () => {
    try {
      if (keysOn.checked) localStorage.removeItem(KEYS_OFF);
      else localStorage.setItem(KEYS_OFF, "1");
    } catch { /* it holds until the page is left */ }
    showKeys();
  });
  showKeys();

  const helpButton = document.getElementById("review-keys");
  helpButton.hidden = false;
  helpButton.addEventListener("click", () => help.showModal());

  function targetOf(key) {
    if (key === "l") return document.getElementById("id_relation");
    if (key === "t") return document.getElementById("id_tier");
    if (key === "f") return review.querySelector("select[name^='figure_']");
    if (key === "m" || key === "s") {
      const keep = document.getElementById("keep");
      if (keep) keep.checked = key === "s";
      return field();
    }
    return review.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const inField = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.target.id === "to" && inFinder(event)) return;
    if (event.key === "Escape" && review.contains(event.target)) {
      document.getElementById("card").focus({ preventScroll: true });
      return;
    }
    if (inField || event.repeat || !keysAreOn()) return;
    const key = event.key.toLowerCase();
    if (key === "?") {
      event.preventDefault();
      help.showModal();
      return;
    }
    const target = busy || performance.now() - shownAt < SETTLING_MS ? null : targetOf(key);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, select")) target.focus();
    else target.click();
  });

  ready();
})();

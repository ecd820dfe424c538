/* Says how the words of a deadline read while they are typed. Without it the button beside them says it. */
"use strict";

(() => {
  const PAUSE_MS = 200;
  const SAYS_WHEN = /(announced_on|made_on|commitment)$/;
  const turns = new WeakMap();

  const value = (input, name) => {
    const beside = input.form.elements[input.name.replace(/deadline_text$/, name)] || input.form.elements[name];
    return beside && beside.value ? beside.value : "";
  };

  const show = async (input) => {
    const output = input.closest(".deadline-words").querySelector("output");
    const turn = {};
    turns.set(input, turn);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (turns.get(input) !== turn) return;
    const isDefinition = input.name.replace(/deadline_text$/, "announced_on") in input.form.elements;
    const asked = new URLSearchParams({
      words: input.value,
      said_on: value(input, "announced_on") || value(input, "made_on"),
      [isDefinition ? "now" : "commitment"]: value(input, "commitment"),
    });
    const answer = await fetch(`${output.dataset.address}?${asked}`);
    const words = answer.ok ? await answer.text() : "";
    if (turns.get(input) === turn) output.textContent = words;
  };

  const every = () => document.querySelectorAll(".deadline-words input");

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".deadline-words button").forEach((button) => button.remove());
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest(".deadline-words")) show(event.target);
    else if (SAYS_WHEN.test(event.target.name || "")) every().forEach((input) => input.value && show(input));
  });
})();

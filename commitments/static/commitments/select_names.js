/* Gives the admin's searchable selects the names of their labels, so that they can be read aloud. */
"use strict";

(() => {
  const name = () => {
    document.querySelectorAll(".select2-selection__rendered[role=textbox]").forEach((inner) => {
      const select = inner.id.replace(/^select2-|-container$/g, "");
      const label = document.querySelector(`label[for="${select}"]`);
      const words = label ? label.textContent.replace(/:\s*$/, "").trim() : "";
      if (words) [inner, inner.closest("[role=combobox]")].forEach((each) => each.setAttribute("aria-label", words));
    });
  };
  // The selects are made when jQuery is ready, in the order in which that was asked for.
  document.addEventListener("DOMContentLoaded", () => django.jQuery(name));
  document.addEventListener("formset:added", () => setTimeout(name));
})();

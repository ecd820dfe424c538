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
  window.addEventListener("load", name);
  document.addEventListener("formset:added", () => setTimeout(name));
})();

// Looks again by itself how far an import has got. Without this file there is a link.
"use strict";

const EVERY_MS = 2000;

async function lookAgain(shown) {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-look-again]");
  if (!now) return location.reload(); // it is at another step
  shown.replaceChildren(...now.childNodes);
  setTimeout(lookAgain, EVERY_MS, shown);
}

const shown = document.querySelector("[data-look-again]");
if (shown) setTimeout(lookAgain, EVERY_MS, shown);

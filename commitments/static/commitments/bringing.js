// Looks again by itself how far an import has got. Without this file there is a link.
"use strict";

if (document.querySelector("[data-look-again]")) setTimeout(() => location.reload(), 1500);

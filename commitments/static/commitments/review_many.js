// A decision on many goes on from step to step by itself. Without this file each step has a button.
"use strict";

document.querySelector("form[data-go-on]")?.requestSubmit();

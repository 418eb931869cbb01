// @ts-check
/** Loads sphinx-copybutton at the reader's first sign: its buttons show under a pointer, or the focus. */

import { atFirstSign, load } from "./later.js";

const here = new URL("../../", import.meta.url); // _static/
const SCRIPTS = ["documentation_options.js", "clipboard.min.js", "copybutton.js"]; // each needs the one before

if (document.querySelector(".highlight pre")) {
  atFirstSign(() => load(...SCRIPTS.map((name) => new URL(name, here).href)));
}

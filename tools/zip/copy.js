// @ts-check
/**
 * In the zip of the site, what starts the scripts of a page. Opened from a folder, a page may load
 * plain scripts, and no modules, no data and no worker: then the modules come from the bundle that
 * this is part of, and live cells say what they need.
 */

import { button, make } from "./dom.js";

const main = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const root = new URL("..", main);
const SERVE = "python -m http.server --bind 127.0.0.1 8000";

/** @param {HTMLElement} text that a server would let run @param {number} index of all of the page */
function offer(text, index) {
  const pre = /** @type {HTMLElement} */ (text.querySelector(text.dataset.laKind === "cell" ? ".cell_input pre" : "pre"));
  const status = make("p", { className: "la-live__reason" });
  status.setAttribute("role", "status");
  const page = location.href.slice(root.href.length).replace(/[?#].*/, "");
  const say = () => status.replaceChildren(
    "Python in a page needs a server, and this page is open from a folder. In the folder of this copy, run ",
    make("code", {}, SERVE),
    " and open ",
    make("code", {}, `http://127.0.0.1:8000/${page}`),
  );
  const tools = make("div", { className: "la-live__tools" }, button("Run", say, { className: "la-live__run", ariaLabel: `Run ${text.dataset.laKind === "cell" ? "cell" : "example"} ${index + 1}` }), status);
  (text.dataset.laKind === "cell" ? pre.closest(".cell > *") : pre)?.after(tools);
}

/** @param {Record<string, () => Promise<unknown>>} modules by their addresses in the site */
export async function start(modules) {
  const scripts = /** @type {HTMLScriptElement[]} */ ([...document.querySelectorAll('script[type="la-module"]')]);
  for (const { src } of scripts) {
    if (location.protocol !== "file:") document.head.append(make("script", { type: "module", src, async: false }));
    else await modules[src.slice(root.href.length).replace(/[?#].*/, "")]?.();
  }
  if (location.protocol !== "file:") return;
  for (const [index, text] of /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".la-live")]).entries()) {
    if (text.dataset.laRuns === "yes") offer(text, index);
  }
}

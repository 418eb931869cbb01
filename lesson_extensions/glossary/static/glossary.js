// @ts-check
/**
 * A link to a term carries its definition as a title, which only a mouse can reach.
 * Show it on focus as well, keep it while the pointer is on it, and let Escape dismiss it.
 */

import { make } from "./dom.js";

const GAP = 8; // pixels between link and definition, and to the edge of the window

const tooltip = make("div", { id: "la-definition", className: "la-definition", role: "tooltip", hidden: true });

/** @type {number | undefined} */
let closing;
/** @type {HTMLElement | undefined} */
let described;

/** @param {HTMLElement} link */
function show(link) {
  hide();
  described = link;
  link.setAttribute("aria-describedby", tooltip.id);
  tooltip.textContent = link.dataset.laDefinition ?? "";
  tooltip.hidden = false;
  const at = link.getBoundingClientRect();
  const size = tooltip.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - size.width - GAP);
  const below = at.bottom + GAP + size.height <= window.innerHeight;
  const top = below ? at.bottom + GAP : at.top - GAP - size.height;
  tooltip.style.left = `${Math.max(GAP, left) + window.scrollX}px`;
  tooltip.style.top = `${top + window.scrollY}px`;
}

function hide() {
  clearTimeout(closing);
  described?.removeAttribute("aria-describedby");
  tooltip.hidden = true;
}

function hideSoon() {
  clearTimeout(closing);
  closing = setTimeout(hide, 150); // time to move the pointer onto the definition
}

for (const link of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll("a.la-term[title]")
)) {
  link.dataset.laDefinition = link.title;
  link.removeAttribute("title"); // or the browser would show it a second time
  link.addEventListener("pointerenter", () => show(link));
  link.addEventListener("pointerleave", hideSoon);
  link.addEventListener("focus", () => show(link));
  link.addEventListener("blur", hide);
}
tooltip.addEventListener("pointerenter", () => clearTimeout(closing));
tooltip.addEventListener("pointerleave", hideSoon);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
document.querySelector('article, [role="main"]')?.append(tooltip); // Furo's; other themes'

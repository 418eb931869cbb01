// @ts-check
/**
 * Opens the search: by / and Ctrl-K, and from the box at the side. What searches is loaded when a
 * reader is about to.
 */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[role=search]:not(.la-search)"));
const box = /** @type {HTMLInputElement | null | undefined} */ (form?.querySelector("[name=q]"));
if (form && box) {
  const load = () => import("./search.js");
  const open = () => load().then((search) => search.open(box), () => form.submit());
  const keep = (/** @type {Event} */ event) => (event.preventDefault(), open());
  box.placeholder += " (/)";
  box.setAttribute("aria-keyshortcuts", "/ Control+K Meta+K");
  box.onfocus = () => load().catch(() => 0);
  box.onclick = box.oninput = open;
  form.onsubmit = keep;
  addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
    const target = /** @type {HTMLElement} */ (event.target);
    const types = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (defaultPrevented || altKey) return;
    if (ctrlKey || metaKey ? key.toLowerCase() === "k" : key === "/" && !types) keep(event);
  });
  if (document.querySelector("form.la-search")) load(); // the page of the search
}

// @ts-check
/**
 * {exercise}: says which exercises were passed, and has exercise_desk.js furnish each with an editor
 * and buttons when it comes into view; until then, and where Python cannot run, it is as it was built.
 */

import { make } from "./dom.js";
import { passed } from "./progress.js";

const NO_PYTHON = _("Python cannot run here, so nothing checks your code: run the checks below where you have NumPy.");
const NO_DESK = _("What checks your code could not be loaded. Reload the page to try again.");
const desk = new URL("exercise_desk.js", import.meta.url).href;

/** @param {HTMLElement} section */
function enhance(section) {
  const find = (/** @type {string} */ part) => /** @type {HTMLElement} */ (section.querySelector(part));
  const data = JSON.parse(find(":scope > script").textContent ?? "");
  const mark = () => {
    const done = passed(data.label);
    section.dataset.laPassed = done ? "yes" : "no";
    find(".la-exercise__kicker").textContent = done ? _("Exercise, passed") : _("Exercise");
  };
  mark();
  document.addEventListener("la-progress", mark);

  /** @param {string} text */
  const note = (text) => find(".la-exercise__starter").after(make("p", { className: "la-exercise__note" }, text));
  if (document.documentElement.dataset.laLive !== "yes") return note(NO_PYTHON); // live.js has run long ago
  const watch = new IntersectionObserver(async (seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    const { furnish } = await import(desk).catch(() => ({ furnish: () => note(NO_DESK) }));
    furnish(section, data);
  }, { rootMargin: "50%" });
  watch.observe(section);
}

for (const section of document.querySelectorAll(".la-exercise")) enhance(/** @type {HTMLElement} */ (section));

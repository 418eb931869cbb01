// @ts-check
/**
 * {exercise}: says which exercises were passed, and has exercise_desk.js furnish each with an editor
 * and buttons when it comes into view; until then, and where Python cannot run, it is as it was built.
 */

import { passed } from "./progress.js";

const NO_PYTHON = "Python cannot run here, so nothing checks your code: run the checks below where you have NumPy.";
const desk = new URL("exercise_desk.js", import.meta.url).href;

/** @param {HTMLElement} section */
function enhance(section) {
  const find = (/** @type {string} */ part) => /** @type {HTMLElement} */ (section.querySelector(part));
  const data = JSON.parse(find(":scope > script").textContent ?? "");
  const mark = () => {
    const done = passed(data.label);
    section.dataset.laPassed = done ? "yes" : "no";
    find(".la-exercise__kicker").textContent = done ? "Exercise, passed" : "Exercise";
  };
  mark();
  document.addEventListener("la-progress", mark);

  if (document.documentElement.dataset.laLive !== "yes") { // live.js has run by now
    const note = Object.assign(document.createElement("p"), { className: "la-exercise__note", textContent: NO_PYTHON });
    return find(".la-exercise__starter").after(note);
  }
  const watch = new IntersectionObserver(async (seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    const { furnish } = await import(desk);
    furnish(section, data);
  }, { rootMargin: "50%" });
  watch.observe(section);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const section of document.querySelectorAll(".la-exercise")) enhance(/** @type {HTMLElement} */ (section));
});

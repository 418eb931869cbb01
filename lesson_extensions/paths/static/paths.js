// @ts-check
/** How far the reader has come on each path, and what comes next on the one that they follow. */
import { choose, passed, read, see } from "./progress.js";

/** A page that asks nothing is done when it was seen. @param {HTMLElement} step @param {object} visited */
function isDone({ dataset }, visited) {
  const checks = dataset.laChecks?.split(" ").filter(Boolean) ?? [];
  return checks.length ? checks.every(passed) : /** @type {string} */ (dataset.laPage) in visited;
}

/** @param {HTMLElement} path */
function upgrade(path) {
  /** @type {HTMLElement[]} */
  const steps = [...path.querySelectorAll("li[data-la-page]")].map((step) => /** @type {HTMLElement} */ (step));
  const [facts, next] = ["facts", "next"].map((name) => path.querySelector(`.la-path__${name}`));
  if (!steps.length || !facts || !next) return;
  const said = facts.textContent;
  return () => {
    const { visited, path: chosen } = read();
    for (const step of steps) step.toggleAttribute("data-la-done", isDone(step, visited));
    const count = steps.filter((step) => isDone(step, visited)).length;
    const mine = chosen === path.dataset.laPath ? _(" · your path") : "";
    facts.textContent = (count ? _(`${count} of `) : "") + said + mine;
    const step = steps.find((step) => !isDone(step, visited));
    const link = step?.querySelector("a")?.cloneNode(true);
    next.replaceChildren(...(link ? [count ? _("Next: ") : _("Begin with: "), link] : [_("You have gone all the way.")]));
  };
}

/** At the foot of a page: only the path that the reader follows, if it leads here. @param {HTMLElement} ways */
function follow(ways) {
  const page = /** @type {string} */ (ways.dataset.laPage);
  if (!document.querySelector("meta[name=la-lesson]") && !(page in read().visited)) see(page);
  return () => {
    const lines = [...ways.querySelectorAll("li")];
    const { path } = read();
    const isOnIt = lines.some((line) => line.dataset.laPath === path);
    for (const line of lines) line.hidden = isOnIt && line.dataset.laPath !== path;
  };
}

const all = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)].map((one) => /** @type {HTMLElement} */ (one));
const shows = [...all(".la-path").map(upgrade), ...all(".la-ways").map(follow)];
const show = () => shows.forEach((one) => one?.());
show();
document.addEventListener("la-progress", show);
// Who goes on along a path follows it from now on.
document.addEventListener("click", ({ target }) => {
  const link = target instanceof Element && target.closest("[data-la-path] a");
  const path = link && /** @type {HTMLElement} */ (link.closest("[data-la-path]")).dataset.laPath;
  if (path && path !== read().path) choose(path);
});

// @ts-check
/** In the Logic Matrix: what is mastered, where to go on, and the reader's own copy of it all. */
import { button, make } from "./dom.js";
import { clear, exportText, importText, passed, read, trouble } from "./progress.js";

/** @typedef {{page: string, formerly: string[], before: number[], checks: string[], exercises: string[]}} Lesson */

/** Such as "3 of 5 checks", or "5 checks". @param {string[]} labels @param {string} one @param {(n: number) => string} many */
function counted(labels, one, many) {
  const done = labels.filter(passed).length;
  return (done ? _(`${done} of `) : "") + (labels.length === 1 ? one : many(labels.length));
}

const STATES = /** @type {Record<string, string>} */ ({ mastered: _("mastered"), "in progress": _("in progress"), open: _("open"), later: _("later") });

/** What each lesson is to this reader. @param {Lesson[]} lessons @param {object} visited */
function statesOf(lessons, visited) {
  /** What asks nothing holds nobody up. @param {number} place @returns {boolean} */
  const isPassed = (place) => {
    const { checks, before } = lessons[place];
    return checks.length ? checks.every(passed) : before.every(isPassed);
  };
  return lessons.map(({ page, formerly, before, checks }, place) => {
    if (checks.length && isPassed(place)) return "mastered";
    const isBegun = checks.some(passed) || [page, ...formerly].some((name) => name in visited);
    if (checks.length && isBegun) return "in progress";
    return before.every(isPassed) ? "open" : "later";
  });
}

/** The Logic Matrix: the items of its list, in the order of the lessons. @param {HTMLElement} nav */
function upgrade(nav) {
  /** @type {(selector: string) => any[]} */
  const all = (selector) => [...nav.querySelectorAll(selector)];
  /** @type {Lesson[]} */
  const lessons = JSON.parse(all("script")[0].textContent);
  const items = all("ol > li");
  const links = items.map((item) => item.querySelector("a"));
  const facts = items.map((item) => Object.fromEntries(["state", "checks", "exercises"].map(
    (name) => [name, item.querySelector(`.la-skill-tree__${name}`)])));
  const minutes = facts.map(({ state }) => state.textContent);
  const title = (/** @type {number} */ place) => links[place].textContent;
  /** @type {string[]} */
  let states = [];
  /** @type {(() => void)[]} */
  const undos = [];

  /** @param {number} place @param {boolean} isNext */
  function mark(place, isNext) {
    const { before, checks, exercises } = lessons[place];
    const state = states[place];
    const missing = before.filter((other) => states[other] !== "mastered").map(title).join(_(" and "));
    const counts = {
      checks: counted(checks, _("1 check"), (n) => _(`${n} checks`)),
      exercises: counted(exercises, _("1 exercise"), (n) => _(`${n} exercises`)),
    };
    const word = isNext ? _(`${STATES[state]}, next`) : STATES[state];
    facts[place].state.textContent = `${word} · ${minutes[place]}`;
    if (checks.length) facts[place].checks.textContent = ` · ${counts.checks}`;
    if (exercises.length) facts[place].exercises.textContent = ` · ${counts.exercises}`;
    items[place].dataset.laState = state;
    items[place].toggleAttribute("data-la-next", isNext);
    const words = [
      state === "later" ? _(`later, after ${missing}`) : word,
      checks.length && counts.checks,
      exercises.length && counts.exercises,
    ].filter(Boolean);
    links[place].setAttribute("aria-label", `${title(place)}: ${words.join(", ")}`);
  }

  /** Shows it all anew, and says `said`, or else what has lit up. @param {string} [said] */
  function show(said) {
    const { last, visited, passed } = read();
    const old = states;
    states = statesOf(lessons, visited);
    for (const line of all("[data-la-from]")) line.dataset.laState = states[line.dataset.laFrom];
    const here = lessons.findIndex(({ page, formerly }) => [page, ...formerly].includes(last?.page ?? ""));
    const next = states.findIndex((state, place) => place !== here && ["open", "in progress"].includes(state));
    states.forEach((_, place) => mark(place, place === next));
    const link = (/** @type {number} */ place, hash = "") => make("a", { href: links[place].href + hash }, title(place));
    now.replaceChildren(
      ...(here < 0 ? [] : [_("Continue where you left off: "), link(here, last?.anchor && `#${last.anchor}`), ". "]),
      ...(next < 0 ? [] : [Object.keys(passed).length || here >= 0 ? _("Next: ") : _("Begin with: "), link(next), "."]),
    );
    const isEmpty = !Object.keys({ ...visited, ...passed }).length;
    save.hidden = isEmpty;
    forget.hidden = isEmpty && !trouble();
    undo.hidden = !undos.length;
    const lit = states.map((state, place) =>
      old[place] && state !== old[place] && (state === "mastered" || old[place] === "later")
        ? state === "mastered" ? _(`“${title(place)}” is mastered now.`) : _(`“${title(place)}” is open now.`) : "");
    status.textContent = [...(said === undefined ? lit : [said]), trouble()].filter(Boolean).join(" ");
  }

  const save = button(_("Export progress"), () => {
    const href = URL.createObjectURL(new Blob([exportText()], { type: "application/json" }));
    make("a", { href, download: "linear-algebra-progress.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href)); // the download has its data by then
  });
  const forget = button(_("Clear progress"), () => {
    undos.push(clear());
    show(_("Your progress is cleared."));
    undo.focus();
  });
  const undo = button(_("Undo"), () => {
    undos.pop()?.();
    show(_("Your progress is back."));
    forget.focus();
  });
  const file = make("input", {
    type: "file",
    accept: ".json",
    onchange: async () => {
      let said = _("Your progress is imported.");
      try {
        importText(await /** @type {FileList} */ (file.files)[0].text());
      } catch (error) {
        said = /** @type {Error} */ (error).message;
      }
      file.value = ""; // so that the same file can be chosen again
      show(said);
    },
  });
  const now = make("p", { className: "la-skill-tree__now" });
  const status = make("p", { role: "status" });
  nav.append(now, make("div", { className: "la-skill-tree__tools" }, save, make("label", { className: "la-button" }, _("Import progress"), file), forget, undo), status);
  show();
  document.addEventListener("la-progress", () => show());
}

for (const nav of document.querySelectorAll("nav.la-skill-tree")) upgrade(/** @type {HTMLElement} */ (nav));

// @ts-check
/**
 * {exercise}: an editor in the place of the starter, and buttons that have grade.py check the
 * reader's code in the page's Python, show hints one at a time, and the solution. exercise.js loads
 * this when an exercise comes into view.
 */

import { button, call, make } from "./dom.js";
import { Draft, KEPT, keeps } from "./draft.js";
import { pass } from "./progress.js";

const AGAIN = _("so your code was not checked. Press the button to try again.");
const here = new URL(".", import.meta.url);

/** Why there is no verdict. @param {import("./dom.js").Answer} answer */
function failure({ cause, error }) {
  const said = error || _("no answer");
  if (cause === "stopped") return _("Python was stopped before your code came to its end. Is there a loop that never ends?");
  if (cause === "not loaded") return _(`Python could not be loaded, ${AGAIN}`);
  if (cause === "broken") return _(`Python broke down, ${AGAIN}`);
  return _(`Python broke off (${said}), ${AGAIN}`);
}

/** A paragraph of a text in which backticks mark code. @param {string} text @param {string} className */
const paragraph = (text, className = "") =>
  make("p", { className }, ...text.split("`").map((part, i) => (i % 2 ? make("code", { className: "literal" }, part) : part)));

/** Put the caret of the editor behind as many lines and letters. @param {Element} editor @param {string[]} before */
function placeCaret(editor, before) {
  const walker = document.createTreeWalker(editor.querySelectorAll(".cm-line")[before.length - 1], NodeFilter.SHOW_TEXT);
  let left = before.at(-1)?.length ?? 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = /** @type {Text} */ (node);
    if (left <= length) return getSelection()?.collapse(node, left);
    left -= length;
  }
}

/** @param {any} section @param {{label: string, pack: string}} data */
export function furnish(section, { label, pack }) {
  const find = (/** @type {string} */ part) => section.querySelector(`.la-exercise__${part}`);
  // -- The parts -------------------------------------------------------------------------------
  const starter = find("starter");
  const original = starter.querySelector("pre").textContent.replace(/\n$/, "");
  const list = find("checks").querySelector("ul");
  const checks = [...list.children];
  const solution = find("solution");
  const hints = [...section.querySelectorAll(".la-exercise__hint")];
  const keys = make("p", { className: "la-exercise__keys", id: `${label}-keys` }, _("Shift-Enter checks; Escape, then Tab, leaves the editor"));
  const kept = new Draft(`exercise ${label}`, original);
  const typed = kept.read();
  const area = make("textarea", { value: typed ?? original, rows: (typed ?? original).split("\n").length + 1, spellcheck: false, autocapitalize: "off" });
  const title = find("title").textContent.slice(find("kicker").textContent.length).trim();
  const name = _(`Your code: ${title}`);
  area.setAttribute("aria-label", name);
  area.setAttribute("aria-describedby", keys.id);
  const checkButton = button(_("Check my code"), check);
  const hintButton = button("", hint);
  const againButton = button(_("Start over"), startOver);
  const tools = make("div", { className: "la-exercise__tools la-pane-tools" }, checkButton, hintButton, button(_("Solution"), solve), againButton, keys, ...(keeps() ? [make("p", { className: "la-exercise__kept" }, KEPT)] : []));
  const pane = make("div", { className: "la-exercise__pane" }, area, tools);
  const status = make("div", { className: "la-exercise__status" });
  status.setAttribute("role", "status"); // there before its text, so that this is announced
  const printed = make("div", { className: "la-exercise__printed" });
  starter.after(pane, status, printed);
  starter.hidden = true;
  const folds = make("div");
  folds.setAttribute("aria-live", "polite");
  solution.before(folds);
  folds.append(...hints, solution);
  for (const fold of [...hints, solution]) fold.hidden = true;

  /** @type {any} */
  let editor = null;
  let opening = false;
  let busy = false;
  let tried = false;
  let shown = 0; // hints
  let draft = ""; // what _("Start over") took away
  nameHintButton();
  kept.follow(pane, () => code());
  if (typed !== null) say("", _("This is what you typed before. “Start over” brings back the starter."));

  // -- The code --------------------------------------------------------------------------------
  area.onfocus = open;
  area.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    check();
  };

  const code = () => (editor ?? { code: area.value }).code;

  /** The real editor in the place of the textarea, which stays where there is none to be had. */
  async function open() {
    if (opening) return;
    opening = true;
    const module = await import(new URL("editor.js", here).href).catch(() => null);
    if (!module || !opening) return void (opening = false);
    const focused = document.activeElement === area;
    const before = area.value.slice(0, area.selectionStart).split("\n");
    const parent = make("div");
    pane.prepend(parent);
    editor = module.openEditor({ parent, code: area.value, label: name, describedBy: keys.id, onRun: check, onLeave() {} });
    parent.querySelector("[contenteditable]")?.setAttribute("tabindex", "0"); // axe counts no other way to it
    area.hidden = true;
    if (!focused) return;
    editor.focus();
    placeCaret(parent, before);
  }

  /** The starter again; what it replaces can be brought back, with the same button. */
  function startOver() {
    if (busy) return;
    const back = draft;
    draft = back || code() === original ? "" : code();
    if (editor) {
      editor.destroy();
      pane.firstChild?.remove();
    }
    editor = null;
    opening = area.hidden = false;
    area.value = back || original;
    kept.keep(area.value);
    clear();
    say("", back ? _("Your code is back.") : _("This is the starter again."));
    againButton.textContent = draft ? _("Bring my code back") : _("Start over");
  }

  // -- Checking --------------------------------------------------------------------------------

  function check() {
    if (busy) return;
    setBusy(true);
    clear();
    say("", _("Checking your code…"));
    /** @param {import("./dom.js").Answer} answer */
    const done = (answer) => {
      setBusy(false);
      if (answer.value) show(answer.value);
      else say("failed", failure(answer));
    };
    const grade = { module: "lesson_extensions.exercise.grade", function: "grade_packed", args: [pack, code()] };
    call({ ...grade, name: _("your exercise"), done });
  }

  /** @param {boolean} value */
  function setBusy(value) {
    busy = value;
    checkButton.setAttribute("aria-disabled", String(value)); // not `disabled`, which would lose the focus
  }

  /** @param {string} state @param {string[]} lines */
  function say(state, ...lines) {
    status.dataset.laState = state;
    status.replaceChildren(...lines.filter(Boolean).map((line) => paragraph(line)));
  }

  function clear() {
    for (const part of section.querySelectorAll(".la-exercise__verdict, .la-exercise__message, .la-exercise__hidden")) part.remove();
    for (const item of checks) delete item.dataset.laState;
    printed.replaceChildren();
  }

  /** @param {any} result what grade() says */
  function show(result) {
    const { error, tests } = result;
    tried = true;
    const held = tests.filter((/** @type {any} */ test) => test.passed).length;
    if (result.passed) say("passed", _("Passed: all checks hold, the hidden ones too."));
    else say("failed", result.feedback, error ? _(`Your code did not run. ${error}`) : _(`${held} of ${tests.length} checks hold.`));
    if (!error) tests.forEach(showTest);
    if (result.printed) {
      const pre = make("pre", { tabIndex: 0 }, result.printed);
      printed.append(paragraph(_("Your code printed")), pre);
    }
    if (result.passed) pass(label);
  }

  /** @param {any} test @param {number} index */
  function showTest(test, index) {
    const item = checks[index] ?? make("li", { className: "la-exercise__hidden" }, paragraph(_(`hidden: ${test.comment}`)));
    if (!checks[index]) list.append(item);
    item.dataset.laState = test.passed ? "passed" : "failed";
    const verdict = make("span", { className: "la-exercise__verdict" }, test.passed ? "✓" : "✗");
    verdict.setAttribute("role", "img");
    verdict.setAttribute("aria-label", test.passed ? _("holds") : _("does not hold"));
    item.prepend(verdict);
    if (test.message) item.append(paragraph(test.message, "la-exercise__message"));
  }

  // -- Help ------------------------------------------------------------------------------------

  function nameHintButton() {
    const last = shown === hints.length;
    hintButton.textContent = last ? _("No more hints") : hints.length > 1 ? _(`Hint ${shown + 1} of ${hints.length}`) : _("Hint");
    hintButton.setAttribute("aria-disabled", String(last));
  }

  function hint() {
    if (shown === hints.length) return;
    const next = hints[shown++];
    next.hidden = false;
    next.open = true;
    nameHintButton();
  }

  /** Shown after a try, or at the second press. */
  function solve() {
    if (!tried) {
      tried = true;
      return say("", _("You have not tried yet. Press “Solution” again to see it all the same."));
    }
    solution.open = solution.hidden || !solution.open;
    solution.hidden = false;
  }
}

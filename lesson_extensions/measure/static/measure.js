// @ts-check
/**
 * {on-your-machine}: where Python runs in this browser, a button that times the same loops and the
 * same `@` here, and puts the reader's curves and times beside those of the build.
 */

import { button, call, make } from "./dom.js";
import { sentence } from "./sentence.js";

/** @typedef {Record<string, Record<string, number>>} Times name → n → seconds */

const LOOPS = "loops"; // the names of timing.py
const MATMUL = "@ float64";
const UNITS = /** @type {[number, string][]} */ ([[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]);

/** Such as 12 µs, as measure.py writes it. @param {number} seconds */
function duration(seconds) {
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? UNITS[3];
  return `${Number((seconds / size).toPrecision(2))}\u00a0${unit}`;
}

/** The times, or null if there are none that could be drawn. @param {any} times @returns {Times | null} */
function read(times) {
  const all = [LOOPS, MATMUL].flatMap((name) => Object.values(times?.[name] ?? {}));
  return all.length && all.every((seconds) => seconds > 0) ? times : null;
}

/** How much of the loops' time `@` took at n, such as 1/240. @param {Times} times @param {string} n */
function share(times, n) {
  const ratio = Number((times[LOOPS][n] / times[MATMUL][n]).toPrecision(2));
  return `1/${ratio.toLocaleString("en")}`;
}

/** A figure's button, and what a press on it brings. */
class Measurement {
  /** @param {HTMLElement} figure */
  constructor(figure) {
    const find = (/** @type {string} */ selector) => /** @type {any} */ (figure.querySelector(selector));
    this.figure = figure;
    this.legend = /** @type {HTMLElement} */ (find(".la-measure__legend"));
    this.picture = /** @type {SVGElement} */ (find(".la-measure__picture"));
    this.table = /** @type {HTMLTableElement} */ (find("table"));
    this.scale = JSON.parse(this.picture.dataset.laScale ?? "");
    this.built = /** @type {Times} */ (JSON.parse(this.picture.dataset.laTimes ?? ""));
    this.label = this.picture.getAttribute("aria-label") ?? "";

    const bytes = document.querySelector("meta[name=la-runtime]")?.getAttribute("data-bytes");
    this.button = button(_("Measure on your machine"), () => this.measure());
    this.status = make("p", { className: "la-measure__status" });
    this.status.setAttribute("role", "status"); // there before its text, so that this is announced
    const cost = make("span", {}, bytes
      ? _(`about five seconds; the first run loads ${(Number(bytes) / 1e6).toFixed(1)} MB`)
      : _("about five seconds"));
    const tools = make("div", { className: "la-measure__tools" }, this.button, cost);
    find(".la-measure__chart").after(tools, this.status);
  }

  measure() {
    if (this.busy) return;
    this.setBusy(true); // not `disabled`, which would lose the focus
    this.clear();
    this.status.textContent = _("Measuring in your browser…");
    /** @param {import("./dom.js").Answer} answer */
    const done = ({ value, cause, error }) => {
      this.setBusy(false);
      const times = read(value);
      if (times) this.show(times);
      else this.status.textContent = this.failure(cause, error);
    };
    call({ module: "lesson_extensions.measure.timing", function: "measure", args: [], name: _("the measurement"), done });
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-disabled", String(busy));
  }

  /** @param {string} cause @param {string} error */
  failure(cause, error) {
    if (cause === "stopped") return _("The measurement was stopped. Press the button to measure again.");
    if (cause === "not loaded") return _("Python could not be loaded, so nothing was measured. Press the button to try again.");
    if (cause === "broken") return _("Python broke down while it measured. Press the button to try again.");
    return error
      ? _(`The measurement failed (${error}). Press the button to try again.`)
      : _("The measurement failed. Press the button to try again.");
  }

  clear() {
    for (const part of this.figure.querySelectorAll(".la-measure__yours")) part.remove();
    this.picture.setAttribute("aria-label", this.label);
  }

  /** @param {Times} times */
  show(times) {
    for (const [name, measured] of Object.entries(times)) {
      this.addCurve(name, measured);
      this.addToLegend(name);
      this.addColumn(name, measured);
    }
    this.status.replaceChildren(...this.compared(times));
    this.picture.setAttribute("aria-label", `${this.label} ${this.status.textContent}`);
  }

  /** Where a value lies in the picture. @param {number} value @param {number[]} domain @param {number[]} ends */
  place(value, domain, ends) {
    const part = Math.log(value / domain[0]) / Math.log(domain[1] / domain[0]);
    return (ends[0] + part * (ends[1] - ends[0])).toFixed(1);
  }

  /** A copy of the built curve of that name, with the reader's points. @param {string} name @param {Record<string, number>} measured */
  addCurve(name, measured) {
    const curve = this.yours(this.picture, name);
    const [line, mark] = curve.children;
    const { n: sizes, seconds: domain, x, y } = this.scale;
    const points = Object.entries(measured).map(([n, seconds]) => [
      this.place(Number(n), sizes, x),
      this.place(seconds, domain, y),
    ]);
    line.setAttribute("points", points.join(" "));
    const marks = points.map(([left, top]) => {
      const copy = /** @type {Element} */ (mark.cloneNode());
      copy.setAttribute("transform", `translate(${left} ${top})`);
      return copy;
    });
    curve.replaceChildren(line, ...marks);
    this.picture.append(curve);
  }

  /** @param {string} name */
  addToLegend(name) {
    const item = this.yours(this.legend, name);
    /** @type {Element} */ (item.lastElementChild).textContent = _(`${name}, yours`);
    this.legend.append(item);
  }

  /** A copy, marked as the reader's, of what stands for a name. @param {Element} parent @param {string} name */
  yours(parent, name) {
    const built = parent.querySelector(`:scope > [data-la-series="${CSS.escape(name)}"]`);
    const copy = /** @type {Element} */ (built?.cloneNode(true));
    copy.classList.add("la-measure__yours");
    return copy;
  }

  /** @param {string} name @param {Record<string, number>} measured */
  addColumn(name, measured) {
    const cell = (/** @type {"th" | "td"} */ tag, /** @type {string} */ text) =>
      make(tag, { className: "la-measure__yours" }, make("p", {}, text));
    const unbroken = name.replaceAll(" ", "\u00a0");
    this.table.tHead?.rows[0].append(cell("th", _(`${unbroken}, yours`)));
    for (const row of this.table.tBodies[0].rows) {
      const seconds = measured[row.cells[0].textContent?.trim() ?? ""];
      row.append(cell("td", seconds ? duration(seconds) : "–"));
    }
  }

  /** At the largest n that all have; the build may lack what a slow browser has. @param {Times} times */
  compared(times) {
    const common = (/** @type {Times[]} */ ...all) =>
      Object.keys(times[LOOPS]).filter((n) => all.every((one) => one[LOOPS][n] && one[MATMUL][n])).at(-1);
    const both = common(times, this.built);
    const n = both ?? common(times) ?? "";
    const operator = make("code", { className: "literal" }, "@");
    const said = both
      ? _(`In your browser, {operator} took ${share(times, n)} of the loops’ time at n = ${n}; when this page was built, it took ${share(this.built, n)}.`)
      : _(`In your browser, {operator} took ${share(times, n)} of the loops’ time at n = ${n}.`);
    return sentence(said, { operator });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  if (document.documentElement.dataset.laLive !== "yes") return; // live.js has run by now
  for (const figure of document.querySelectorAll(".la-measure")) {
    new Measurement(/** @type {HTMLElement} */ (figure));
  }
});

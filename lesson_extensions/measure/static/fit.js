// @ts-check
/** {will-it-fit}: memory, operations and seconds for a size, here and on the machine of the build. */

import { button, call, make } from "./dom.js";

/**
 * @typedef {Record<string, number>} Terms such as {mnk: 2}
 * @typedef {{operations: Terms, numbers: Terms, rates: Record<string, number>}} Cost
 * @typedef {"m" | "n" | "k"} Letter
 */

const BYTES = /** @type {Record<string, number>} */ ({ float64: 8, float32: 4 });
/** @type {Record<Letter, string>} */
const LABELS = { m: _("m, rows of A"), n: _("n, columns of A"), k: _("k, columns on the right") };
const SQUARE = _("n, rows and columns of A");
/** @type {Record<string, string>} */
const START = { m: "10000", n: "10000", k: "1" };
/** What each is written as. @type {Record<string, string>} */
const CODE = {
  matmul: "A @ B", solve: "np.linalg.solve(A, B)", inv: "np.linalg.inv(A)", cholesky: "np.linalg.cholesky(A)",
  qr: "np.linalg.qr(A)", lstsq: "np.linalg.lstsq(A, B)", eigh: "np.linalg.eigh(A)",
  svd: "np.linalg.svd(A, full_matrices=False)",
};
const TALL = ["qr", "lstsq", "svd"]; // for which m is at least n
const LONG = 60; // seconds, from which on it is said what to do instead

/** @param {Terms} terms @param {Record<string, number>} lengths */
const total = (terms, lengths) =>
  Object.entries(terms).reduce((sum, [names, factor]) => sum + [...names].reduce((all, name) => all * lengths[name], factor), 0);

/** A number with three digits and a unit. @param {number} value @param {[number, string][]} units from the largest on */
function inUnits(value, units) {
  const [size, unit] = units.find(([size]) => value >= size) ?? units[units.length - 1];
  return `${Number((value / size).toPrecision(2)).toLocaleString("en")} ${unit}`;
}
const memory = (/** @type {number} */ bytes) => inUnits(bytes, [[1e15, "PB"], [1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [1, _("bytes")]]);
const duration = (/** @type {number} */ seconds) => inUnits(seconds, [
  [31557600, _("years")], [86400, _("days")], [3600, _("hours")], [60, _("minutes")], [1, _("seconds")], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"],
]);

/** @param {string} text @returns {number} NaN for what is no length */
function readLength(text) {
  const plain = text.trim().replace(/(?<=\d)[,_ ](?=\d{3})/g, "");
  return /^\d+(e\d{1,2})?$/i.test(plain) && Number(plain) >= 1 && Number(plain) <= 1e12 ? Number(plain) : NaN;
}

class Fit {
  /** @param {HTMLElement} place */
  constructor(place) {
    const { error, ...costs } = JSON.parse(place.dataset.laCosts ?? "");
    this.costs = /** @type {Record<string, Cost>} */ (costs);
    this.error = /** @type {number} */ (error);
    /** @type {Record<string, Record<string, [number, number]>>} the reader's own: n, seconds */
    this.own = {};
    this.op = this.choice("operation", Object.keys(costs));
    this.dtype = this.choice("dtype", Object.keys(BYTES));
    this.inputs = /** @type {Record<string, HTMLInputElement>} */ ({});
    this.hints = /** @type {Record<string, HTMLElement>} */ ({});
    const fields = ["m", "n", "k", "memory"].map((name) => this.field(name));
    const wrap = (/** @type {HTMLSelectElement} */ select, /** @type {string} */ text) =>
      make("div", {}, make("label", { htmlFor: select.id }, text), select);
    const form = make("form", { className: "la-form", noValidate: true }, wrap(this.op, _("Operation")), wrap(this.dtype, "dtype"), ...fields);
    form.setAttribute("aria-label", _("Will it fit?"));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.show());
    this.result = make("div", { className: "la-fit__result" });
    this.result.setAttribute("role", "status"); // there before its text, so that this is announced
    place.replaceChildren(form, this.result);
    if (document.documentElement.dataset.laLive === "yes") this.offerToMeasure(place); // live.js has run by now
    this.show();
  }

  /** @param {string} name @param {string[]} values */
  choice(name, values) {
    return make("select", { id: `la-fit-${name}`, className: "la-field" }, ...values.map((value) => make("option", { value }, value)));
  }

  /** @param {string} name */
  field(name) {
    const id = `la-fit-${name}`;
    const input = make("input", { id, className: "la-field", type: "text", inputMode: "numeric", autocomplete: "off", value: START[name] ?? "8" });
    input.setAttribute("aria-describedby", `${id}-hint`);
    const hint = make("p", { id: `${id}-hint`, className: "la-fit__hint" });
    [this.inputs[name], this.hints[name]] = [input, hint];
    const label = LABELS[/** @type {Letter} */ (name)] ?? _("Memory of your machine, GB");
    return make("div", {}, make("label", { htmlFor: id }, label), input, hint);
  }

  /** @param {HTMLElement} place */
  offerToMeasure(place) {
    const bytes = document.querySelector("meta[name=la-runtime]")?.getAttribute("data-bytes");
    const cost = bytes
      ? _(`a few seconds; the first run loads ${(Number(bytes) / 1e6).toFixed(1)} MB`)
      : _("a few seconds");
    this.button = button(_("Measure on your machine"), () => this.measure());
    this.said = make("p", { className: "la-fit__measured" });
    this.said.setAttribute("role", "status");
    place.append(make("div", { className: "la-measure__tools" }, this.button, make("span", {}, cost)), this.said);
  }

  measure() {
    if (this.busy) return;
    this.setBusy(true);
    this.tell(_("Measuring in your browser…"));
    /** @param {import("./dom.js").Answer} answer */
    const done = ({ value, cause, error }) => {
      this.setBusy(false);
      if (value) this.own = value;
      if (value) this.tell(_("Measured: your browser’s times stand beside those of the build."));
      else if (cause === "stopped") this.tell(_("The measurement was stopped. Press the button to measure again."));
      else if (error) this.tell(_(`Nothing was measured (${error}). Press the button to try again.`));
      else this.tell(_("Nothing was measured. Press the button to try again."));
      this.show();
    };
    call({ module: "lesson_extensions.measure.timing", function: "measure_each", args: [], name: _("the measurement"), done });
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.busy = busy;
    this.button?.setAttribute("aria-disabled", String(busy)); // not `disabled`, which would lose the focus
  }

  /** @param {string} text */
  tell(text) {
    if (this.said) this.said.textContent = text;
  }

  /** What is wrong with a field, and what to write instead. @param {string} name */
  mend(name) {
    const text = this.inputs[name].value;
    if (name === "memory") return Number(text.replace(",", ".")) > 0 ? "" : _("Write gigabytes, such as 8.");
    if (!(readLength(text) >= 1)) return _("Write a whole number from 1 on, such as 10000 or 1e5.");
    const isWide = name === "m" && TALL.includes(this.op.value) && readLength(text) < readLength(this.inputs.n.value);
    return isWide ? _("Here m is at least n: write the longer side first.") : "";
  }

  show() {
    const { operations, numbers, rates } = this.costs[this.op.value];
    const letters = new Set([...Object.keys(operations), ...Object.keys(numbers)].join(""));
    let mends = false;
    for (const [name, input] of Object.entries(this.inputs)) {
      const asked = name === "memory" || letters.has(name);
      const mend = asked ? this.mend(name) : "";
      mends ||= !!mend;
      const field = /** @type {HTMLElement} */ (input.parentElement);
      field.hidden = !asked;
      if (name === "n") /** @type {HTMLElement} */ (field.firstElementChild).textContent = letters.has("m") ? LABELS.n : SQUARE;
      input.setAttribute("aria-invalid", String(!!mend));
      this.hints[name].textContent = mend;
    }
    this.result.replaceChildren();
    if (mends) return;
    const lengths = Object.fromEntries(["m", "n", "k"].map((name) => [name, readLength(this.inputs[name].value)]));
    const dtype = this.dtype.value;
    const work = total(operations, lengths);
    const bytes = BYTES[dtype] * total(numbers, lengths);
    const seconds = work / rates[dtype];
    const rows = [
      [_("Memory"), memory(bytes)],
      [_("Operations"), work.toExponential(1)],
      [_("On the machine of the build"), _(`about ${duration(seconds)}, if the rates hold; they were off by up to ${this.error.toFixed(1)} times`)],
    ];
    const own = this.own[this.op.value]?.[dtype];
    if (own) {
      const [n, measured] = own;
      const rate = total(operations, { m: n, n, k: n }) / measured;
      rows.push([_("In your browser"), _(`about ${duration(work / rate)}, by a run with n = ${n}`)]);
    }
    this.result.append(
      make("p", {}, make("code", { className: "literal" }, CODE[this.op.value] ?? this.op.value)),
      make("dl", { className: "la-fit__list" }, ...rows.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)])),
      ...this.verdict(bytes, seconds),
    );
  }

  /** @param {number} bytes @param {number} seconds @returns {Node[]} */
  verdict(bytes, seconds) {
    const has = Number(this.inputs.memory.value.replace(",", ".")) * 1e9;
    const link = make("a", { href: "#what-to-do-instead" }, _("What to do instead"));
    if (bytes <= has && seconds <= LONG) return [make("p", {}, make("strong", {}, _("It fits.")))];
    const parts = [bytes > has ? _(`It does not fit into ${memory(has)}.`) : _("It fits, and takes long.")];
    if (this.dtype.value === "float64" && bytes > has) {
      parts.push(bytes / 2 > has ? _("Nor does it in float32.") : _(`In float32 it does, with ${memory(bytes / 2)}.`));
    }
    if (this.op.value === "inv") parts.push(_("With solve in place of inv it takes a third of the operations."));
    return [make("p", {}, make("strong", {}, parts[0]), ` ${parts.slice(1).join(" ")}`), make("p", {}, link)];
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const place = /** @type {HTMLElement | null} */ (document.querySelector(".la-fit"));
  if (place) new Fit(place);
});

// @ts-check
/** The shape calculator: a form, and below it what shape_rules.js makes of what it holds. */

import { make } from "./dom.js";
import { readShape } from "./guess.js";
import { sentence } from "./sentence.js";
import { RULES, written } from "./shape_rules.js";

/**
 * @typedef {import("./shape_rules.js").Outcome} Outcome
 * @typedef {import("./shape_rules.js").Words & {operations: string[], gallery: {title: string, pattern: string, address: string}[]}} Words
 * @typedef {{op: string, a: string, b: string, subscripts: string, axes: string}} State  as it is typed
 * @typedef {Exclude<keyof State, "op">} Name
 */

const root = new URL("../../../", import.meta.url);
const MOST_AXES = 16; // NumPy takes 64, and no screen that many
const LONGEST = 9; // digits of a length

/** What a reader picks, and what one writes in Python. @type {Record<string, [string, string]>} */
const OPERATIONS = {
  matmul: ["@ (matmul)", "a @ b"],
  dot: ["dot", "np.dot(a, b)"],
  matvec: ["matvec", "np.matvec(a, b)"],
  vecdot: ["vecdot", "np.vecdot(a, b)"],
  solve: ["solve", "np.linalg.solve(a, b)"],
  lstsq: ["lstsq", "np.linalg.lstsq(a, b)[0]"],
  broadcast: ["+ − * / (broadcasting)", "a + b"],
  einsum: ["einsum", 'np.einsum("{subscripts}", a, b)'],
  kron: ["kron", "np.kron(a, b)"],
  tensordot: ["tensordot", "np.tensordot(a, b, axes={axes})"],
};
/** @type {State} */
const FIRST = { op: "matmul", a: "3, 4", b: "4, 2", subscripts: "ij,jk->ik", axes: "2" };
/** @type {Record<Name, string>} */
const LABELS = { a: _("Shape of a"), b: _("Shape of b"), subscripts: _("Subscripts"), axes: "axes" };
/** @type {Record<Name, string>} */
const HINTS = {
  a: _("Such as 3, 4"),
  b: _("() for a single number"),
  subscripts: _("Such as ij,jk->ik"),
  axes: _("How many axes meet"),
};

/** @param {string} text @returns {{shape?: number[], mend?: string}} */
function shapeOf(text) {
  const plain = text.trim().replace(/^\(\s*\)$/, "()");
  if (!plain) return { mend: _("Write a shape, such as 3, 4; () stands for a single number.") };
  if (/[-−.]/.test(plain)) return { mend: _("A length is a whole number from 0 on: write 3, 4.") };
  const shape = readShape(plain);
  if (!shape) return { mend: _("Write the lengths with commas between them, such as 3, 4 or (3, 4).") };
  if (shape.length > MOST_AXES) return { mend: _(`Write at most ${MOST_AXES} lengths.`) };
  if (shape.some((length) => String(length).length > LONGEST)) return { mend: _(`Write lengths of at most ${LONGEST} digits.`) };
  return { shape };
}

/** What to write instead, or nothing. @param {Name} name @param {string} text */
function mendOf(name, text) {
  if (name === "subscripts") return /^[ -~]*$/.test(text) ? "" : _("NumPy takes the letters a to z and A to Z: write ij,jk->ik.");
  if (name === "axes") return /^\s*\d{1,2}\s*$/.test(text) ? "" : _("Write a whole number from 0 on, such as 2.");
  return shapeOf(text).mend ?? "";
}

/** @param {bigint} bytes */
function sizeOf(bytes) {
  const step = Math.min(5, Math.floor((String(bytes).length - 1) / 3));
  const unit = [_("bytes"), "kB", "MB", "GB", "TB", "PB"][step];
  return `${Number((Number(bytes) / 1000 ** step).toPrecision(3)).toLocaleString("en")} ${unit}`;
}

/** Each axis, with what becomes of it. @param {string} op @param {Record<"a" | "b", number[]>} shapes @param {Outcome} outcome */
function sentences(op, shapes, outcome) {
  const letters = [...new Set([...outcome.a, ...outcome.b])].filter(Boolean);
  return letters.map((letter) => {
    const places = /** @type {("a" | "b")[]} */ (["a", "b"]).flatMap((name) =>
      outcome[name].flatMap((own, axis) => (own === letter ? [{ name, axis, length: shapes[name][axis] }] : [])));
    return fate(op, letter, places, outcome);
  });
}

/** @param {string} op @param {string} letter @param {{name: string, axis: number, length: number}[]} places @param {Outcome} outcome */
function fate(op, letter, places, outcome) {
  const where = places.map(({ name, axis, length }) => _(`${name}.shape[${axis}] is ${length}`)).join(_(" and "));
  if (letter === outcome.clash) return _(`${letter}: ${where}; these do not fit.`);
  const at = outcome.result.indexOf(letter);
  const meet = new Set(places.map(({ name }) => name)).size > 1;
  if (outcome.error) return `${letter}: ${where}.`;
  if (at < 0) return meet ? _(`${letter}: ${where}; they meet and go.`) : _(`${letter}: ${where}; it is summed and goes.`);
  const length = outcome.shape?.[at];
  if (op === "kron" && meet) return _(`${letter}: ${where}; multiplied they are axis ${at} of the result, ${length}.`);
  const stretched = places.some((place) => place.length === 1) && Number(length) !== 1;
  if (stretched) return _(`${letter}: ${where}; 1 is stretched to ${length}, axis ${at} of the result.`);
  return meet
    ? _(`${letter}: ${where}; they meet and stay, as axis ${at} of the result.`)
    : _(`${letter}: ${where}; it stays, as axis ${at} of the result.`);
}

/** The boxes of an array; what they say is said below in words. @param {string} name @param {(number | bigint)[]} shape @param {string[]} letters @param {Outcome} outcome */
function boxes(name, shape, letters, outcome) {
  const all = shape.map((length, axis) => {
    const letter = letters[axis] ?? "";
    const meets = outcome.a.includes(letter) && outcome.b.includes(letter);
    const kind = letter && letter === outcome.clash ? "clash" : meets ? "meets" : "stays";
    return make("span", { className: `la-shapes__axis la-shapes__axis--${kind}` },
      make("b", {}, String(length)), make("i", {}, letter));
  });
  const none = make("span", { className: "la-shapes__none" }, _("a single number"));
  return make("div", { className: "la-shapes__array" }, make("span", { className: "la-shapes__name" }, name),
    make("span", { className: "la-shapes__axes" }, ...(all.length ? all : [none])));
}

class Calculator {
  /** @param {HTMLElement} place @param {Words} words */
  constructor(place, words) {
    this.words = words;
    this.select = make("select", { id: "la-shapes-op", className: "la-field" });
    for (const op of words.operations) this.select.append(make("option", { value: op }, OPERATIONS[op][0]));
    this.inputs = /** @type {Record<Name, HTMLInputElement>} */ ({});
    this.hints = /** @type {Record<Name, HTMLElement>} */ ({});
    const form = make("form", { className: "la-form", noValidate: true },
      make("div", {}, make("label", { htmlFor: this.select.id }, _("Operation")), this.select));
    for (const name of /** @type {Name[]} */ (["subscripts", "a", "b", "axes"])) form.append(this.field(name));
    form.setAttribute("aria-label", _("Shape calculator"));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.typed());

    this.status = make("div", { className: "la-shapes__result" });
    this.status.setAttribute("role", "status"); // there before its text, so that this is announced
    this.picture = make("div", { className: "la-shapes__picture" });
    this.picture.setAttribute("aria-hidden", "true");
    this.list = make("ul", { className: "la-shapes__list" });
    this.link = make("a", { className: "la-shapes__link" }, _("Link to these shapes"));
    place.replaceChildren(form, this.status, this.picture, this.list, make("p", {}, this.link));
    this.read();
    addEventListener("hashchange", () => this.read());
  }

  /** @param {Name} name */
  field(name) {
    const id = `la-shapes-${name}`;
    const input = make("input", { id, className: "la-field", type: "text", autocomplete: "off", spellcheck: false });
    input.setAttribute("autocapitalize", "off");
    input.setAttribute("aria-describedby", `${id}-hint`);
    const hint = make("p", { id: `${id}-hint`, className: "la-shapes__hint" }, HINTS[name]);
    [this.inputs[name], this.hints[name]] = [input, hint];
    return make("div", {}, make("label", { htmlFor: id }, LABELS[name]), input, hint);
  }

  /** What the address says, where it speaks of shapes. */
  read() {
    const said = new URLSearchParams(location.hash.slice(1));
    if (!said.has("op") && this.select.dataset.read) return;
    this.select.dataset.read = "yes";
    const op = said.get("op") ?? "";
    this.select.value = this.words.operations.includes(op) ? op : FIRST.op;
    for (const name of /** @type {Name[]} */ (Object.keys(this.inputs))) this.inputs[name].value = said.get(name) ?? FIRST[name];
    this.show();
  }

  typed() {
    this.show();
    try {
      history.replaceState(history.state, "", this.link.hash);
    } catch { /* some browsers allow only so many in a minute */ }
  }

  show() {
    const op = this.select.value;
    const names = /** @type {Name[]} */ (["a", "b", ...(op === "einsum" ? ["subscripts"] : []), ...(op === "tensordot" ? ["axes"] : [])]);
    let mends = false;
    for (const name of /** @type {Name[]} */ (Object.keys(this.inputs))) {
      const input = this.inputs[name];
      const asked = names.includes(name);
      const mend = asked ? mendOf(name, input.value) : "";
      mends ||= !!mend;
      /** @type {HTMLElement} */ (input.parentElement).hidden = !asked;
      input.setAttribute("aria-invalid", String(!!mend));
      this.hints[name].textContent = mend || HINTS[name];
    }
    const typed = names.map((name) => [name, this.inputs[name].value.trim().replace(/\s*,\s*/g, ",")]);
    this.link.href = `#${new URLSearchParams([["op", op], ...typed]).toString().replaceAll("%2C", ",")}`;
    for (const part of [this.status, this.picture, this.list]) part.replaceChildren();
    if (mends) return;

    const shapes = { a: shapeOf(this.inputs.a.value).shape ?? [], b: shapeOf(this.inputs.b.value).shape ?? [] };
    const { subscripts, axes } = this.inputs;
    const option = op === "einsum" ? subscripts.value : axes.value.trim();
    const outcome = RULES[op](shapes.a, shapes.b, this.words, option);
    const code = OPERATIONS[op][1].replace("{subscripts}", subscripts.value).replace("{axes}", axes.value.trim());
    this.status.append(...this.said(code, outcome));
    this.picture.append(boxes("a", shapes.a, outcome.a, outcome), boxes("b", shapes.b, outcome.b, outcome));
    if (outcome.shape) this.picture.append(boxes(_("result"), outcome.shape, outcome.result, outcome));
    this.list.append(...sentences(op, shapes, outcome).map((text) => make("li", {}, text)));
  }

  /** @param {string} code @param {Outcome} outcome @returns {Node[]} */
  said(code, { shape, error }) {
    const literal = (/** @type {string} */ text) => make("code", { className: "literal" }, text);
    if (shape) {
      const entries = shape.reduce((/** @type {bigint} */ all, length) => all * BigInt(length), 1n);
      const size = sizeOf(entries * 8n);
      const count = entries === 1n
        ? _(`1 number, ${size} as float64`)
        : _(`${entries.toLocaleString("en")} numbers, ${size} as float64`);
      const lengths = make("strong", {}, literal(written(shape).replaceAll(",", ", ").replace(", )", ",)")));
      return [
        make("p", {}, ...sentence(_("{code} has the shape {shape}"), { code: literal(code), shape: lengths })),
        make("p", { className: "la-shapes__size" }, count),
      ];
    }
    const text = (error ?? "").trim();
    const page = this.words.gallery.find(({ pattern }) => new RegExp(pattern).test(text));
    const parts = [make("p", {}, ...sentence(_("{code} raises"), { code: literal(code) })), make("p", { className: "la-shapes__error" }, literal(text))];
    if (page) parts.push(make("p", {}, _("What it means: "), make("a", { href: new URL(page.address, root).href }, page.title)));
    return parts;
  }
}

const place = /** @type {HTMLElement | null} */ (document.querySelector(".la-shapes"));
if (place) {
  fetch(new URL("_static/shapes.json", root))
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((words) => new Calculator(place, words))
    .catch(() => place.replaceChildren(make("p", {}, _("The calculator could not be loaded. Reload the page to try again."))));
}

// @ts-check
/**
 * {check}: makes a form of the question and the fold with its answer, and says which misconception
 * is behind a wrong one.
 * @typedef {(Node | string)[] | null} Said  what is said of a wrong answer; null of a right one
 */
import { make } from "./dom.js";
import { isNear, readNumber, readShape } from "./guess.js";
import { pass, passed } from "./progress.js";

const ERRORS = /** @type {Record<string, string>} */ ({
  TypeError: _("that an operation does not take things of this type"),
  ValueError: _("that the type is fine, but the value or the shape is not"),
  LinAlgError: _("that linear algebra has no answer for this matrix"),
  IndexError: _("that an index lies outside the array, or is one too many"),
});

const MARKS = /** @type {Record<string, string>} */ ({ right: _("right"), wrong: _("wrong"), raises: _("raises") });

/** How many, and the verb. @param {number} n */
const are = (n) => n > 1 ? _(`${n} are`) : n ? _("1 is") : _("none is");

/** @param {number[]} shape */
const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

/** One check; its kinds differ in what they build, and in how they judge. */
class Check {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    const find = (/** @type {string} */ name) => /** @type {any} */ (form.querySelector(name));
    this.form = form;
    this.key = JSON.parse(atob(form.dataset.laKey ?? ""));
    this.list = /** @type {HTMLElement} */ (find(".la-check__choices"));
    this.items = /** @type {any[]} */ ([...(this.list?.children ?? [])]); // as they were at first
    this.why = [...form.querySelectorAll(".la-check__why > li")];
    this.explanation = find(".la-check__explanation");
    this.badge = make("span", { className: "la-check__passed" }, _("passed"));
    find("legend").append(this.badge);
    const question = find(".la-check__question");
    question.id = `${form.id}-question`;
    find("fieldset").setAttribute("aria-describedby", question.id);

    const fold = find(".la-check__answer");
    const answer = make("div", { className: "la-check__answer", hidden: true }, ...[...fold.children].slice(1));
    const show = make("button", { type: "button", className: "la-button la-button--quiet" }, _("Show the answer"));
    show.onclick = () => {
      answer.hidden = !answer.hidden;
      show.textContent = answer.hidden ? _("Show the answer") : _("Hide the answer");
    };
    this.status = make("div", { className: "la-check__status" });
    this.status.setAttribute("role", "status"); // there before its text, so that this is announced
    fold.replaceWith(this.status, make("div", { className: "la-check__tools" }, make("button", { className: "la-button" }, _("Check")), show), answer);
    this.build();

    form.onsubmit = (event) => {
      event.preventDefault();
      this.clear();
      const said = this.judge();
      if (!said) pass(form.id);
      this.say(...(said ?? [make("p", {}, make("strong", {}, _("Right."))), this.explanation.cloneNode(true)]));
      this.status.dataset.laRight = String(!said);
    };
    form.oninput = () => this.status.dataset.laRight === "true" && this.clear();
    this.tell();
  }

  build() {}

  /** @returns {Said} */
  judge() {
    return null;
  }

  /** @param {(Node | string)[]} said */
  say(...said) {
    this.status.replaceChildren(...said);
  }

  clear() {
    this.say();
    this.status.dataset.laRight = "";
    for (const item of this.items) this.mark(item, "");
  }

  /** Says of a choice, beside it, what it is. @param {any} item @param {string} word */
  mark(item, word) {
    item.dataset.laMark = word;
    item.querySelector(".la-check__mark").textContent = MARKS[word] ?? "";
  }

  tell() {
    this.badge.hidden = !passed(this.form.id);
  }

  /** What the fold says of the n-th wrong answer. @param {number} n */
  misconception(n) {
    return [...this.why[n].cloneNode(true).childNodes];
  }

  /** A labelled control. @param {string} name @param {Node} control @param {string} hint */
  field(name, control, hint = "") {
    const label = make("label", { className: "la-check__field" }, make("span", {}, name), control);
    if (hint) label.append(make("small", {}, hint));
    this.status.before(label);
  }
}

/** Kinds one and several, and the base of raises. */
class Choices extends Check {
  build() {
    this.many = this.form.dataset.laKind === "several";
    this.items.forEach((item, i) => {
      const input = make("input", { type: this.many ? "checkbox" : "radio", name: this.form.id, value: i });
      const text = make("span", {}, ...item.firstElementChild.childNodes);
      item.replaceChildren(make("label", {}, input, text, " ", make("span", { className: "la-check__mark" })));
    });
  }

  chosen() {
    return this.items.flatMap((item, i) => (item.querySelector("input").checked ? [i] : []));
  }

  judge() {
    const isRight = (/** @type {number} */ i) => this.key.right.includes(i);
    const chosen = this.chosen();
    if (!chosen.length) return [_("Nothing is chosen yet.")];
    for (const i of chosen) this.mark(this.items[i], isRight(i) ? "right" : "wrong");
    const wrong = this.items.map((_, i) => i).filter((i) => !isRight(i));
    const behind = chosen.filter((i) => !isRight(i)).flatMap((i) => this.misconception(wrong.indexOf(i)));
    const hits = chosen.filter(isRight).length;
    const missing = this.key.right.length - hits;
    if (!behind.length && !(this.many && missing)) return null;
    if (!this.many) return behind;
    return [make("p", {}, _(`Of the ${chosen.length} that you chose, ${are(hits)} right; ${are(missing)} missing.`)), ...behind];
  }
}

class Raises extends Choices {
  build() {
    super.build();
    const names = ["", ...Object.keys(this.key.errors)];
    this.error = /** @type {any} */ (make("select", { className: "la-field" }, ...names.map((value) => make("option", { value }, value || _("choose")))));
    this.field(_("The error"), this.error);
  }

  judge() {
    const name = this.error.value;
    const said = this.chosen().length && !name ? [_("Choose the error, too.")] : super.judge();
    if (said || name === this.key.error) return said;
    this.mark(this.items[this.chosen()[0]], "raises");
    if (this.key.errors[name]) return [_(`It is a ${name} too, but what Python prints is a name that says more.`)];
    return [_(`This one raises, but another error. A ${name} would mean ${ERRORS[name]}.`)];
  }
}

/** Kinds number and shape. */
class Typed extends Check {
  build() {
    this.input = /** @type {any} */ (make("input", { className: "la-field", autocomplete: "off", spellcheck: false }));
    const { tolerance } = this.key;
    const hint = this.isShape() ? _("such as 2, 3 or (4,)") : tolerance ? _(`to within ${tolerance}`) : _("exactly");
    this.field(_("Your answer"), this.input, hint);
  }

  isShape() {
    return this.form.dataset.laKind === "shape";
  }

  judge() {
    const { value, tolerance, wrong } = this.key;
    const text = this.input.value.trim();
    const typed = /** @type {any} */ (this.isShape() ? readShape(text) : readNumber(text));
    if (typed === null) {
      return [this.isShape() ? _("Type the lengths, such as 2, 3 or (4,).") : _("Type a number, such as 12, -0.5 or 1e-3.")];
    }
    const shown = this.isShape() ? tuple(typed) : typed;
    const fits = (/** @type {any} */ other) => (this.isShape() ? tuple(other) === shown : isNear(typed, other, tolerance));
    if (fits(value)) return null;
    const off = (/** @type {any} */ other) => Math.abs(other - typed) || 0; // 0 of a shape: there it is all or nothing
    const nearest = [...wrong].sort((a, b) => off(a) - off(b)).find(fits);
    return nearest === undefined ? [_(`It is not ${shown}. Try again.`)] : this.misconception(wrong.indexOf(nearest));
  }
}

/** Lines to be put in order, by buttons, Alt and an arrow, or a mouse. */
class Order extends Check {
  build() {
    let dragged = /** @type {any} */ (null);
    this.items.forEach((item, i) => {
      const line = item.firstElementChild;
      const name = line.textContent;
      const button = (/** @type {number} */ by, /** @type {string} */ way, /** @type {string} */ sign) =>
        make("button", { type: "button", className: "la-button", ariaLabel: `${way}: ${name}`, onclick: () => this.move(item, by) }, sign);
      item.append(button(-1, _("Move up"), "↑"), button(1, _("Move down"), "↓"));
      line.append(" ", make("span", { className: "la-check__mark" }));
      item.dataset.laLine = i;
      item.onkeydown = (/** @type {KeyboardEvent} */ event) => {
        const by = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (by) event.preventDefault();
        if (by) this.move(item, by);
      };
      item.onpointerdown = (/** @type {any} */ event) => {
        if (event.pointerType === "touch" || event.target.closest("button")) return; // a finger scrolls
        dragged = item;
        this.list.setPointerCapture(event.pointerId); // the line would lose it when it is moved
      };
    });
    this.list.onpointermove = ({ clientY }) => {
      const over = this.lines().findIndex((line) => clientY < line.getBoundingClientRect().bottom);
      if (dragged && over >= 0) this.move(dragged, over - this.lines().indexOf(dragged));
    };
    this.list.onlostpointercapture = () => (dragged = null);
    this.edges();
  }

  lines() {
    return /** @type {any[]} */ ([...this.list.children]);
  }

  /** @param {any} item @param {number} by */
  move(item, by) {
    const place = this.lines().indexOf(item) + by;
    const other = this.lines()[place];
    if (!by || !other) return;
    const focused = /** @type {any} */ (document.activeElement);
    by < 0 ? other.before(item) : other.after(item);
    if (item.contains(focused)) focused.focus();
    this.edges();
    this.clear();
    this.say(_(`Line ${place + 1} of ${this.items.length} now.`));
  }

  /** The first line goes no further up, the last no further down. */
  edges() {
    this.lines().forEach((line, i, { length }) => {
      const [up, down] = line.querySelectorAll("button");
      up.setAttribute("aria-disabled", String(!i)); // not `disabled`, which would lose the focus
      down.setAttribute("aria-disabled", String(i === length - 1));
    });
  }

  judge() {
    const { said, orders } = this.key;
    const order = this.lines().map((line) => line.dataset.laLine).join("");
    const start = Object.keys(orders).find((start) => order.startsWith(start));
    if (start === undefined) return null;
    const text = said[orders[start]];
    if (text.startsWith("line")) this.mark(this.lines()[start.length - 1], "raises");
    const parts = text.split("`").map((/** @type {string} */ part, /** @type {number} */ i) =>
      i % 2 ? make("code", { className: "literal" }, part) : part);
    return [make("p", {}, _("In this order, "), ...parts, ".")];
  }
}

const KINDS = { one: Choices, several: Choices, raises: Raises, number: Typed, shape: Typed, order: Order };

const forms = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll(".la-check"));
const checks = [...forms].map((form) => new KINDS[/** @type {keyof typeof KINDS} */ (form.dataset.laKind)](form));
document.addEventListener("la-progress", () => checks.forEach((check) => check.tell()));

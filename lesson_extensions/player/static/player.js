// @ts-check
/** {player}: of the steps that the page lists, one at a time; guess first where it asks. */

import { button, make as element } from "./dom.js";
import { says } from "./guess.js";

const PACES = /** @type {[string, number][]} */ ([[_("slow"), 9], [_("steady"), 6], [_("quick"), 3]]); // seconds

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {string} name @param {(Node | string)[]} children
 */
const make = (tag, name = "", ...children) => element(tag, name ? { className: `la-player__${name}` } : {}, ...children);

/** Whether it lies in something that scrolls sideways. @param {EventTarget | null} target @param {Element} root */
function scrolls(target, root) {
  for (let at = /** @type {Element | null} */ (target); at && at !== root; at = at.parentElement) {
    if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
  }
  return false;
}

/** The question of a step, and a field for the reader's guess. */
class Guess {
  /** @param {HTMLElement} block @param {string} id @param {(verdict: string, hadFocus: boolean) => void} revealed */
  constructor(block, id, revealed) {
    this.block = block;
    this.done = false;
    this.revealed = revealed;
    const [question, fold] = /** @type {HTMLElement[]} */ ([...block.children]);
    question.id = `${id}-question`;
    this.question = question.textContent ?? "";
    this.answer = fold.querySelector("code")?.textContent ?? "";
    this.input = make("input");
    this.input.className = "la-field";
    this.input.setAttribute("aria-labelledby", question.id);
    this.input.autocomplete = this.input.autocapitalize = "off";
    this.input.spellcheck = false;
    const submit = make("button", "", _("Reveal"));
    submit.className = "la-button";
    this.form = make("form", "form", this.input, submit);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.reveal();
    });
    fold.replaceWith(this.form);
  }

  reveal() {
    const code = (/** @type {string} */ text) => make("code", "value", text);
    const guess = this.input.value.trim();
    const right = guess && says(guess, this.answer);
    const verdict = make("p", "verdict", right ? _("Right: it is ") : _("It is "), code(this.answer));
    if (guess && !right) verdict.append(_(", and you wrote "), code(guess));
    const hadFocus = this.form.contains(document.activeElement);
    this.done = true;
    this.form.replaceWith(verdict);
    this.revealed(`${verdict.textContent}.`, hadFocus);
  }
}

class Player {
  /** @param {HTMLElement} root */
  constructor(root) {
    const list = /** @type {HTMLElement} */ (root.querySelector(".la-player__steps"));
    this.root = root;
    this.items = /** @type {HTMLElement[]} */ ([...list.children]);
    this.ids = this.items.map((item) => item.id);
    this.titles = this.items.map((item) => item.firstElementChild?.textContent ?? "");
    this.at = 0;
    this.timer = 0;
    this.guesses = this.items.map((item, i) => {
      item.removeAttribute("id"); // else the browser scrolls to the step, past the code
      const block = /** @type {HTMLElement | null} */ (item.querySelector(".la-player__guess"));
      return block && new Guess(block, this.ids[i], (...revealed) => this.reveal(...revealed));
    });

    this.pane = make("div", "pane");
    this.pane.tabIndex = 0;
    this.pane.setAttribute("role", "group");
    this.pane.setAttribute("aria-label", _("The code"));
    this.lines = this.items.map((item) =>
      /** @type {HTMLElement} */ (item.querySelector(".la-player__lines")?.cloneNode(true)));
    this.pane.append(...this.lines);

    this.previous = button(_("Previous"), () => this.go(this.at - 1));
    this.next = button(_("Next"), () => this.forward());
    this.next.addEventListener("click", (event) => {
      if (!event.detail) this.guesses[this.at]?.input.focus({ preventScroll: true }); // by keyboard
    });
    this.play = button(_("Play"), () => (this.timer ? this.pause() : this.start()));
    this.pace = make("select", "", ...PACES.map(([name, seconds]) => new Option(name, String(seconds))));
    this.pace.className = "la-field";
    this.pace.value = String(PACES[1][1]);
    this.pace.setAttribute("aria-label", _("Pace"));
    this.asks = make("input");
    this.asks.type = "checkbox";
    this.asks.checked = true;
    this.asks.setAttribute("role", "switch");
    this.asks.addEventListener("change", () => this.draw());
    this.counter = make("span", "counter");
    this.status = make("p", "status");
    this.status.setAttribute("role", "status");
    const bar = make("div", "bar", this.previous, this.counter, this.next, this.play, this.pace);
    if (this.guesses.some(Boolean)) bar.append(make("label", "", this.asks, _("Guess first")));

    const body = make("div", "body", this.pane);
    list.before(bar, body, this.status);
    body.append(list);
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", root.querySelector(".la-player__name")?.textContent ?? "");
    root.classList.add("la-player--on");
    this.listen();
    if (!this.follow()) this.draw();
    const resized = new ResizeObserver(() => this.showLit()); // by a font that comes late, or by the reader
    for (const element of [this.pane, ...this.lines]) resized.observe(element);
  }

  listen() {
    addEventListener("hashchange", () => this.follow());
    document.addEventListener("keydown", (event) => {
      if (event.target !== this.play || !/^( |Enter)$/.test(event.key)) this.pause(); // those press it
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    let touch = /** @type {Touch | null} */ (null);
    this.root.addEventListener("touchstart", (event) => {
      touch = event.touches.length > 1 || scrolls(event.target, this.root) ? null : event.touches[0];
    }, { passive: true });
    this.root.addEventListener("touchend", (event) => {
      if (!touch) return;
      const { clientX, clientY } = event.changedTouches[0];
      const [across, down] = [clientX - touch.clientX, clientY - touch.clientY];
      if (Math.abs(across) < 50 || Math.abs(across) < 2 * Math.abs(down)) return;
      if (across < 0) this.forward();
      else this.go(this.at - 1);
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (target.matches("select, form *") || scrolls(target, this.root)) return;
    const act = {
      ArrowRight: () => this.forward(),
      ArrowLeft: () => this.go(this.at - 1),
      Home: () => this.go(0),
      End: () => this.go(this.items.length - 1),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** The guess that this step waits for. */
  get waiting() {
    const guess = this.guesses[this.at];
    return this.asks.checked && guess && !guess.done ? guess : null;
  }

  /** What is asked is revealed first. */
  forward() {
    if (this.waiting) this.waiting.reveal();
    else this.go(this.at + 1);
  }

  /** @param {number} at */
  go(at, playing = false) {
    if (!playing) this.pause();
    if (!this.items[at]) return;
    const hadFocus = this.items[this.at].contains(document.activeElement);
    this.at = at;
    this.draw();
    if (hadFocus) this.items[at].querySelector("a")?.focus({ preventScroll: true }); // the old step is hidden
    const asked = this.waiting ? ` ${this.waiting.question}` : "";
    this.status.textContent = _(`Step ${at + 1} of ${this.items.length}: ${this.titles[at]}.${asked}`);
    try {
      history.replaceState(history.state, "", `#${this.ids[at]}`);
    } catch { /* some browsers allow only so many in a minute */ }
  }

  /** Open the step that the address names. */
  follow() {
    const at = this.ids.indexOf(location.hash.slice(1));
    if (at < 0) return false;
    this.go(at);
    this.root.scrollIntoView({ behavior: "instant" });
    return true;
  }

  draw() {
    const last = this.items.length - 1;
    this.items.forEach((item, i) => item.classList.toggle("la-player__now", i === this.at));
    this.lines.forEach((lines, i) => {
      lines.classList.toggle("la-player__lit", i === this.at);
      lines.classList.toggle("la-player__later", i > this.at);
    });
    for (const guess of this.guesses) if (guess) guess.block.hidden = !this.asks.checked && !guess.done;
    this.root.classList.toggle("la-player--asking", Boolean(this.waiting));
    this.counter.textContent = `${this.at + 1} / ${last + 1}`;
    this.previous.setAttribute("aria-disabled", String(!this.at)); // not `disabled`, which loses the focus
    this.next.setAttribute("aria-disabled", String(this.at === last && !this.waiting));
    this.showLit();
  }

  /** Scroll the pane, and not the page, to the lines of this step. */
  showLit() {
    const { offsetTop: top, offsetHeight: height } = this.lines[this.at];
    this.pane.scrollTop = Math.min(top, top + (height - this.pane.clientHeight) / 2); // in the middle, from its first line
  }

  /** @param {string} verdict @param {boolean} hadFocus whether the field had it, which is gone now */
  reveal(verdict, hadFocus) {
    if (hadFocus) this.next.focus({ preventScroll: true });
    this.draw();
    this.status.textContent = verdict;
  }

  start() {
    if (this.waiting) this.waiting.reveal();
    else if (this.at === this.items.length - 1) this.go(0);
    if (!this.waiting && this.at < this.items.length - 1) this.wait();
  }

  wait() {
    this.play.textContent = _("Pause");
    this.timer = setTimeout(() => {
      this.go(this.at + 1, true);
      if (this.waiting || this.at === this.items.length - 1) this.pause();
      else this.wait();
    }, 1000 * Number(this.pace.value));
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.play.textContent = _("Play");
  }
}

for (const root of document.querySelectorAll(".la-player")) new Player(/** @type {HTMLElement} */ (root));

// @ts-check
/** One runnable text of the page: its buttons, its editor, and what the reader's Python printed. */

import { button, make } from "./dom.js";
import { Draft, KEPT, keeps } from "./draft.js";
import { agrees } from "./outputs.js";
import { megabytes } from "./session.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").Job} Job */
/** @typedef {{code: string, focus: () => void, destroy: () => void}} Editor */
/** @typedef {{parent: HTMLElement, code: string, label: string, describedBy: string, onRun: () => void, onLeave: () => void}} Settings */

const here = new URL(".", import.meta.url);
const SHOWN = 20_000; // characters of an output that are shown at first
const MORE = 200_000; // characters that a press on "Show more" adds
const UNDONE = { stopped: _("stopped"), "not loaded": _("not loaded"), broken: _("Python broke down") };

/** The code of a session without its prompts and outputs. @param {string} text */
function codeOfSession(text) {
  const lines = text.split("\n").filter((line) => /^(>>>|\.\.\.)( |$)/.test(line));
  return lines.map((line) => line.slice(4)).join("\n");
}

/** What a built output or session prints, without the text of its pictures. @param {HTMLElement} built */
function printedText(built) {
  if (built.matches("pre")) return built.textContent ?? "";
  return Array.from(built.querySelectorAll("pre"), (pre) => pre.textContent).join("");
}

/** A plain editor, for when the real one cannot be had. @param {Settings} settings @returns {Editor} */
function openTextarea({ parent, code, label, onRun }) {
  const area = make("textarea", { value: code, spellcheck: false, ariaLabel: label });
  area.rows = code.split("\n").length + 1;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun();
    }
  });
  parent.append(area);
  return {
    get code() {
      return area.value;
    },
    focus: () => area.focus(),
    destroy: () => area.remove(),
  };
}

/** @implements {Job} */
export class RunnableText {
  repeats = true;
  /** @type {Editor | null} */
  editor = null;
  /** @type {HTMLElement | null} what stands in the place of the page's code: the editor, or what the reader typed before */
  pane = null;
  opened = false;
  full = ""; // all that it printed
  shown = 0; // characters of it
  /** @type {string[]} what is said of it */
  notes = [];
  pictures = false;
  also = "";
  /** @type {HTMLElement | null} */
  body = null;
  /** @type {HTMLElement | null} */
  rest = null;

  /** @param {HTMLElement} element @param {RunnableText[]} texts all of the page, this one too @param {Site} site */
  constructor(element, texts, site) {
    this.element = element;
    this.index = texts.length;
    this.texts = texts;
    this.site = site;
    this.kind = /** @type {string} */ (element.dataset.laKind);
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (element.querySelector(selector));
    this.pre = /** @type {HTMLElement} */ (find(this.kind === "cell" ? ".cell_input pre" : "pre"));
    this.built = this.kind === "cell" ? find(".cell_output") : this.pre;
    const text = this.pre.textContent ?? "";
    this.original = this.kind === "cell" ? text.replace(/\n$/, "") : codeOfSession(text);
    this.builtText = this.built ? printedText(this.built) : "";
    this.code = this.original;
    this.sent = ""; // the code that runs, or ran last
    this.name = this.kind === "cell" ? _(`cell ${this.index + 1}`) : _(`example ${this.index + 1}`);
    this.runs = element.dataset.laRuns === "yes";
    this.draft = new Draft(this.name, this.original);

    const named = (/** @type {string} */ part, /** @type {string} */ text) => ({ className: `la-live__${part}`, ariaLabel: `${text} ${this.name}` });
    this.status = make("span", { className: "la-live__status" });
    this.undoButton = button(_("Restore"), () => this.undo(), { ...named("undo", _("Restore")), hidden: true });
    this.editButton = button(_("Edit"), () => this.edit(), named("edit", _("Edit")));
    this.tools = make("div", { className: "la-live__tools la-pane-tools" });
    if (this.runs) {
      const title = _(`Runs in your browser; the first run loads ${megabytes(site.bytes)}`);
      const runButton = button(_("Run"), () => this.run(), { ...named("run", _("Run")), title });
      this.tools.append(runButton, this.editButton, this.undoButton, this.status);
    }
    const reason = element.dataset.laReason;
    if (reason) this.tools.append(make("span", { className: "la-live__reason" }, _(`In a browser: ${reason}`)));
    const code = this.kind === "cell" ? this.pre.closest(".cell > *") : this.pre;
    code?.after(this.tools);
    this.output = make("div", { className: "la-live__output", hidden: true });
    (this.built && this.kind === "cell" ? this.built : this.tools).after(this.output);
    const typed = this.runs && this.draft.read();
    if (typed) this.bringBack(typed);
  }

  run() {
    this.site.session().run(this);
  }

  // -- What the session tells -------------------------------------------------------------------

  wait() {
    this.set("waiting", _("waiting…"));
  }

  ask() {
    for (const text of this.texts) {
      text.code = text.editor?.code ?? text.code;
      text.draft.keep(text.code);
      text.sent = text.code;
    }
    const texts = this.texts.map(({ kind, code }) => ({ kind, code }));
    return { type: "run", texts, target: this.index };
  }

  /** @param {any} message */
  hear({ type, index, order, kind, text, error, told: lines = [] }) {
    const above = type === "plan" ? order.length - 1 : 0;
    if (type === "plan") this.also = above ? _(` · ran ${above} above first`) : "";
    const told = this.texts[index];
    if (!told || told.sent !== told.code) return; // it was restored meanwhile, or edited and is to run again
    if (type === "begin") told.begin();
    if (type === "output") told.show(kind, text);
    if (type === "note") told.notes.push(text);
    if (type === "end") told.finish(error, lines);
  }

  /** @param {import("./dom.js").Cause} cause */
  end(cause) {
    const { laState } = this.element.dataset;
    if (cause) {
      for (const text of this.texts) if (text.element.dataset.laState === "running") text.set("stopped", UNDONE[cause]);
      if (laState === "waiting") this.set("stopped", UNDONE[cause]);
    } else if (laState === "waiting" && this.sent === this.code) this.set("failed", _("not run: one above failed"));
    else if (laState) this.status.append(this.also);
    return this.status.textContent ?? "";
  }

  // -- What it prints ---------------------------------------------------------------------------

  /** @param {string} state @param {string} says */
  set(state, says = "") {
    this.element.dataset.laState = state;
    this.status.textContent = says;
  }

  begin() {
    this.full = "";
    this.notes = [];
    this.pictures = false;
    this.body = this.rest = null;
    this.shown = 0;
    this.set("running", _("running…"));
    this.element.querySelector(".la-live__notes")?.remove();
    this.output.replaceChildren();
  }

  /** @param {string} kind @param {string} text */
  show(kind, text) {
    if (kind === "image") {
      this.pictures = true;
      const builtPicture = this.built?.querySelector("img");
      const asBuilt = builtPicture && this.code === this.original;
      const alt = asBuilt ? builtPicture.alt : _("The picture that your code drew");
      this.output.append(make("img", { src: `data:image/png;base64,${text}`, alt }));
      this.body = null;
      return;
    }
    this.full += text;
    if (this.shown < SHOWN) this.append(kind, text.slice(0, SHOWN - this.shown));
  }

  /** @param {string} kind @param {string} text */
  append(kind, text) {
    this.shown += text.length;
    this.body ??= this.output.appendChild(make("pre", { tabIndex: 0 }));
    const last = /** @type {HTMLElement | null} */ (this.body.lastElementChild);
    if (last?.dataset.laKind === kind) return last.append(text);
    const span = make("span", { className: `la-live__${kind}` }, text);
    span.dataset.laKind = kind;
    this.body.append(span);
  }

  /** @param {string} error @param {string[]} lines the last of each traceback and warning */
  finish(error, lines) {
    const equal = !this.pictures && agrees(this.full, this.builtText);
    const unchanged = equal && this.code === this.original;
    this.element.dataset.laVerdict = equal ? "same" : "yours";
    this.addRest();
    if (lines.length) this.addGallery(lines, this.full);
    this.output.hidden = unchanged || !this.output.childElementCount;
    if (this.notes.length) this.output.after(make("div", { className: "la-live__notes" }, ...this.notes.map((note) => make("p", {}, note))));
    if (this.kind === "cell") {
      if (this.built) this.built.hidden = !unchanged;
    } else if (!this.pane) this.pre.hidden = !unchanged;
    this.set(
      error && !(this.kind === "session" && equal) ? "failed" : "done",
      unchanged ? (this.builtText ? _("as on this page") : _("done")) : this.verdict(error),
    );
  }

  /** @param {string} error */
  verdict(error) {
    if (error) return _(`your output: ${error}`);
    return this.pictures && this.code === this.original ? _("drawn in your browser") : _("your output");
  }

  /** What was cut from a long output, and ways to see it. */
  addRest() {
    const left = this.full.length - this.shown;
    this.rest?.remove();
    if (left <= 0) return;
    const more = () => {
      this.append("stdout", this.full.slice(this.shown, this.shown + MORE));
      this.addRest();
    };
    const save = () => {
      const href = URL.createObjectURL(new Blob([this.full], { type: "text/plain" }));
      make("a", { href, download: "output.txt" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    };
    this.rest = make(
      "p",
      { className: "la-live__rest la-pane-tools" },
      _(`… ${left.toLocaleString("en")} characters more `),
      button(_("Show more"), more, { className: "la-live__more", ariaLabel: _("Show more of this output") }),
      button(_("Save all"), save, { className: "la-live__save", ariaLabel: _("Save all of this output as a file") }),
    );
    this.output.append(this.rest);
  }

  /** Links to the pages of these errors and warnings, where the gallery has some. @param {string[]} lines @param {string} printed */
  async addGallery(lines, printed) {
    const gallery = await this.site.gallery();
    const entries = new Set(lines.flatMap((line) => gallery.find(({ pattern }) => new RegExp(pattern).test(line)) ?? []));
    if (!entries.size || printed !== this.full || this.output.querySelector(".la-live__gallery")) return; // it ran again
    const links = [...entries].map(({ title, address }) => make("a", { href: new URL(address, this.site.root).href }, title));
    const listed = links.flatMap((link, i) => (i ? [", ", link] : [link]));
    this.output.append(make("p", { className: "la-live__gallery" }, _("What it means: "), ...listed));
  }

  // -- Its code ---------------------------------------------------------------------------------

  async edit() {
    if (this.opened) return this.editor?.focus();
    this.opened = true; // a second press may come while the editor is on its way
    this.element.closest("details")?.setAttribute("open", "");
    this.element.querySelector("details")?.setAttribute("open", "");
    const parent = this.openPane();
    const hint = make("p", { className: "la-live__hint", id: `la-live-hint-${this.index}` }, _("Shift-Enter runs; Escape, then Tab, leaves the editor"));
    this.tools.append(hint);
    if (keeps()) this.sayKept(KEPT);
    const { openEditor } = await import(new URL("editor.js", here).href).catch(() => ({ openEditor: openTextarea }));
    if (!parent.isConnected) return; // restored meanwhile
    const label = _(`Code of ${this.name}`);
    parent.replaceChildren();
    this.editor = openEditor({ parent, code: this.code, label, describedBy: hint.id, onRun: () => this.run(), onLeave() {} });
    this.pre.hidden = true;
    if (this.kind === "session") this.output.hidden = true;
    this.undoButton.hidden = false;
    this.editor?.focus();
    this.draft.follow(this.element, () => this.editor?.code ?? this.code);
  }

  /** The place of an editor, before the page's code; until that is there, what was there stays. */
  openPane() {
    this.pane ??= make("div", { className: "la-live__editor" });
    this.pre.before(this.pane);
    return this.pane;
  }

  /** @param {string} says of what the reader typed */
  sayKept(says) {
    this.tools.querySelector(".la-live__kept")?.remove();
    this.tools.append(make("p", { className: "la-live__kept" }, says));
  }

  /** Show what the reader typed when this page was open before; nothing is loaded for that. @param {string} typed */
  bringBack(typed) {
    this.code = typed;
    this.openPane().append(make("div", { className: "la-live__typed", tabIndex: 0 }, typed));
    this.pre.hidden = true;
    this.undoButton.hidden = false;
    this.sayKept(_("This is what you typed before. Restore brings back the code of the page."));
  }

  /** Put this code in the place of its own, as if the reader had typed it, and run it. @param {string} code */
  async put(code) {
    this.restore();
    this.code = code;
    await this.edit();
    this.run();
  }

  undo() {
    this.restore();
    this.editButton.focus(); // the button that was pressed is gone
  }

  /** Back to the code and the output of the page. */
  restore() {
    this.editor?.destroy();
    this.editor = this.pane = null;
    this.opened = false;
    for (const part of this.element.querySelectorAll(".la-live__editor, .la-live__hint, .la-live__kept, .la-live__notes")) part.remove();
    this.pre.hidden = false;
    this.code = this.original;
    this.draft.keep(this.code);
    if (this.built) this.built.hidden = false;
    this.output.hidden = this.undoButton.hidden = true;
    this.set("");
  }
}

/**
 * What a text must know of the site.
 * @typedef {object} Site
 * @property {number} bytes  that a first run loads
 * @property {string} root  its address
 * @property {() => Session} session
 * @property {() => Promise<{title: string, pattern: string, address: string}[]>} gallery  of errors
 */

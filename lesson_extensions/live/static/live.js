// @ts-check
/**
 * Live cells: gives each runnable text of the page its Run and Edit buttons, and shows what Python
 * printed where the built output stood. Nothing is loaded before the first press.
 */

const runtime = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=la-runtime]"));
const here = new URL(".", import.meta.url); // …/_static/
const SHOWN = 20_000; // characters of an output that are shown at first
const MORE = 200_000; // characters that a press on "Show more" adds

/** @param {string} tag @param {Record<string, any>} properties @param {(Node | string)[]} children */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Whether this browser can run Python at all: an empty WebAssembly module tells. */
function supported() {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    return "DecompressionStream" in self && "Worker" in self && !!self.crypto?.subtle;
  } catch {
    return false; // WebAssembly is missing, or blocked
  }
}

/**
 * Whether two outputs say the same: the text around their numbers is equal, the numbers agree to
 * nine digits, and one space is as good as two. Of a traceback, the last line counts.
 * @param {string} a @param {string} b
 */
function same(a, b) {
  const number = /(\d+\.?\d*(?:e[-+]?\d+)?)/;
  const frames = /(Traceback \(most recent call last\):\n)(?: .*\n)*/g;
  const [left, right] = [a, b].map((text) =>
    text.replace(frames, "$1").replace(/\s+/g, " ").trim().split(number),
  );
  return (
    left.length === right.length &&
    left.every((part, i) =>
      i % 2 ? Math.abs(+part - +right[i]) <= 1e-9 * Math.abs(+right[i]) : part.trim() === right[i].trim(),
    )
  );
}

/** The same, where what was built may hold "...", which stands for anything. */
function agrees(printed, built) {
  if (same(printed, built)) return true;
  const parts = built.replace(/\s+/g, " ").trim().split("...");
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return parts.length > 1 && new RegExp(`^${pattern}$`).test(printed.replace(/\s+/g, " ").trim());
}

/** The code of a session without its prompts and outputs. @param {string} text */
function codeOfSession(text) {
  const lines = text.split("\n").filter((line) => /^(>>>|\.\.\.)( |$)/.test(line));
  return lines.map((line) => line.slice(4)).join("\n");
}

// -- One text of the page ----------------------------------------------------------------------

class Text {
  /** @param {HTMLElement} element @param {number} index */
  constructor(element, index) {
    this.element = element;
    this.index = index;
    this.kind = /** @type {string} */ (element.dataset.laKind);
    this.pre = /** @type {HTMLElement} */ (
      element.querySelector(this.kind === "cell" ? ".cell_input pre" : "pre")
    );
    this.built = this.kind === "cell" ? element.querySelector(".cell_output") : this.pre;
    const text = this.pre.textContent ?? "";
    this.original = this.kind === "cell" ? text.replace(/\n$/, "") : codeOfSession(text);
    this.builtText = this.built ? printedText(/** @type {HTMLElement} */ (this.built)) : "";
    this.code = this.original;
    this.full = "";
    /** @type {any} */
    this.editor = null;
    this.opened = false;
    this.addTools();
  }

  get name() {
    return `${this.kind === "cell" ? "cell" : "example"} ${this.index + 1}`;
  }

  addTools() {
    this.tools = make("div", { className: "la-live__tools" });
    this.status = make("span", { className: "la-live__status" });
    const reason = this.element.dataset.laReason;
    if (this.element.dataset.laRuns === "yes") {
      const loads = `Runs in your browser; the first run loads ${megabytes(+(runtime?.dataset.bytes ?? 0))}`;
      this.runButton = button("Run", "la-live__run", `Run ${this.name}`, () => run(this));
      this.runButton.title = loads;
      this.editButton = button("Edit", "la-live__edit", `Edit ${this.name}`, () => this.edit());
      this.undoButton = button("Restore", "la-live__undo", `Restore ${this.name}`, () => {
        this.restore();
        this.editButton?.focus(); // the button that was pressed is gone
      });
      this.undoButton.hidden = true;
      this.tools.append(this.runButton, this.editButton, this.undoButton, this.status);
    }
    if (reason) this.tools.append(make("span", { className: "la-live__reason" }, `In a browser: ${reason}`));
    const code = this.kind === "cell" ? this.pre.closest(".cell > *") : this.pre;
    code?.after(this.tools);
    this.output = make("div", { className: "la-live__output", hidden: true });
    (this.built && this.kind === "cell" ? this.built : this.tools).after(this.output);
  }

  /** @param {string} state @param {string} says */
  set(state, says = "") {
    this.element.dataset.laState = state;
    /** @type {HTMLElement} */ (this.status).textContent = says;
  }

  begin() {
    this.full = "";
    this.pictures = false;
    this.failed = false;
    this.body = null;
    this.rest = null;
    this.shown = 0;
    this.set("running", "running…");
    this.output?.replaceChildren();
  }

  /** @param {string} kind @param {string} text */
  show(kind, text) {
    const output = /** @type {HTMLElement} */ (this.output);
    if (kind === "image") {
      this.pictures = true;
      const builtPicture = this.built?.querySelector("img");
      const asBuilt = builtPicture && this.code === this.original;
      const alt = asBuilt ? builtPicture.alt : "The picture that your code drew";
      output.append(make("img", { src: `data:image/png;base64,${text}`, alt }));
      this.body = null;
      return;
    }
    if (kind === "error") this.failed = true;
    this.full += text;
    const room = SHOWN - (this.shown ?? 0);
    if (room <= 0) return;
    this.append(kind, text.slice(0, room));
  }

  /** @param {string} kind @param {string} text */
  append(kind, text) {
    this.shown = (this.shown ?? 0) + text.length;
    this.body ??= this.output?.appendChild(make("pre", { tabIndex: 0 }));
    const last = /** @type {HTMLElement | null} */ (this.body?.lastElementChild);
    if (last?.dataset.laKind === kind) last.append(text);
    else {
      const span = make("span", { className: `la-live__${kind}` }, text);
      span.dataset.laKind = kind;
      this.body?.append(span);
    }
  }

  /** @param {string} error */
  end(error) {
    const equal = !this.pictures && agrees(this.full, this.builtText);
    const unchanged = equal && this.code === this.original;
    this.element.dataset.laVerdict = equal ? "same" : "yours";
    this.addRest();
    if (this.failed) this.addGallery();
    /** @type {HTMLElement} */ (this.output).hidden = unchanged || !this.output?.childElementCount;
    if (this.kind === "cell") {
      if (this.built) /** @type {HTMLElement} */ (this.built).hidden = !unchanged;
    } else if (!this.editor) this.pre.hidden = !unchanged;
    this.set(
      error && !(this.kind === "session" && equal) ? "failed" : "done",
      unchanged ? (this.builtText ? "as on this page" : "done") : this.verdict(error),
    );
  }

  /** @param {string} error */
  verdict(error) {
    if (error) return `your output: ${error}`;
    return this.pictures && this.code === this.original ? "drawn in your browser" : "your output";
  }

  /** What was cut from a long output, and ways to see it. */
  addRest() {
    const left = this.full.length - (this.shown ?? 0);
    this.rest?.remove();
    if (left <= 0) return;
    const more = button("Show more", "la-live__more", "Show more of this output", () => {
      this.append("stdout", this.full.slice(this.shown, (this.shown ?? 0) + MORE));
      this.addRest();
    });
    const save = button("Save all", "la-live__save", "Save the whole output as a file", () => {
      const url = URL.createObjectURL(new Blob([this.full], { type: "text/plain" }));
      make("a", { href: url, download: "output.txt" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    });
    this.rest = make("p", { className: "la-live__rest" }, `… ${left.toLocaleString("en")} characters more `, more, save);
    this.output?.append(this.rest);
  }

  /** A link to the error's own page, where the gallery has one. */
  async addGallery() {
    const url = new URL("errors.json", here);
    const gallery = await fetch(url).then((answer) => answer.json(), () => []);
    const entry = gallery.find(({ pattern }) => new RegExp(pattern).test(this.full));
    if (!entry) return;
    const link = make("a", { href: new URL(`../${entry.address}`, here).href }, entry.title);
    this.output?.append(make("p", { className: "la-live__gallery" }, "What it means: ", link));
  }

  async edit() {
    if (this.opened) return this.editor?.focus();
    this.opened = true; // a second press may come while the editor is on its way
    this.element.closest("details")?.setAttribute("open", "");
    this.element.querySelector("details")?.setAttribute("open", "");
    const parent = make("div", { className: "la-live__editor" });
    const hint = make("p", { className: "la-live__hint", id: `la-live-hint-${this.index}` });
    hint.textContent = "Shift-Enter runs; Escape, then Tab, leaves the editor";
    const settings = {
      parent,
      code: this.code,
      label: `Code of ${this.name}`,
      describedBy: hint.id,
      onRun: () => run(this),
      onLeave() {},
    };
    this.pre.before(parent);
    this.tools?.append(hint);
    const { openEditor } = await import(new URL("editor.js", here).href).catch(() => ({ openEditor: openTextarea }));
    if (!this.opened) return; // restored meanwhile
    this.editor = openEditor(settings);
    this.pre.hidden = true;
    this.kind === "session" && this.output?.setAttribute("hidden", "");
    /** @type {HTMLElement} */ (this.undoButton).hidden = false;
    this.editor.focus();
  }

  read() {
    if (this.editor) this.code = this.editor.code;
  }

  /** Back to the code and the output of the page. */
  restore() {
    this.editor?.destroy();
    this.editor = null;
    this.opened = false;
    for (const part of this.element.querySelectorAll(".la-live__editor, .la-live__hint")) part.remove();
    this.pre.hidden = false;
    this.code = this.original;
    if (this.built) /** @type {HTMLElement} */ (this.built).hidden = false;
    /** @type {HTMLElement} */ (this.output).hidden = true;
    /** @type {HTMLElement} */ (this.undoButton).hidden = true;
    this.set("", "");
  }
}

/** What a built output or session prints, without the text of its pictures. @param {HTMLElement} built */
function printedText(built) {
  if (built.matches("pre")) return built.textContent ?? "";
  return Array.from(built.querySelectorAll("pre"), (pre) => pre.textContent).join("");
}

/** A plain editor, for when the real one cannot be had. @param {any} settings */
function openTextarea({ parent, code, label, onRun }) {
  const area = /** @type {HTMLTextAreaElement} */ (make("textarea", { value: code, spellcheck: false }));
  area.setAttribute("aria-label", label);
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

/** @param {string} text @param {string} className @param {string} label @param {() => void} onClick */
function button(text, className, label, onClick) {
  const element = /** @type {HTMLButtonElement} */ (make("button", { type: "button", className }, text));
  element.setAttribute("aria-label", label);
  element.addEventListener("click", onClick);
  return element;
}

// -- The page's Python -------------------------------------------------------------------------

/** @type {Text[]} */
let texts = [];
/** @type {Worker | null} */
let worker = null;
let ready = false;
/** @type {any[]} what was asked for, texts and tasks; the first is being run */
const queue = [];
let busy = false;
/** @type {any[]} what the indices of the worker's messages count: the texts, or one task */
let batch = [];

/** @param {any} text a text or a task */
function run(text) {
  text.read();
  if (!queue.includes(text)) queue.push(text);
  text.set("waiting", "waiting…");
  if (!worker) startWorker();
  next();
}

function next() {
  bar.update();
  if (!ready || busy || !queue.length) return;
  busy = true;
  for (const text of texts) text.read();
  const target = queue[0];
  batch = target instanceof Text ? texts : [target];
  worker?.postMessage({
    type: "run",
    texts: batch.map(({ kind, code }) => ({ kind, code })),
    target: batch.indexOf(target),
  });
  bar.update();
}

function startWorker() {
  const address = new URL(/** @type {HTMLMetaElement} */ (runtime).content, document.baseURI).href;
  worker = new Worker(new URL("worker.js", here), { type: "module" });
  worker.onmessage = ({ data }) => heard[data.type]?.(data);
  worker.onerror = (event) => heard.broken({ during: ready ? "run" : "load", reason: event.message ?? "" });
  worker.postMessage({ type: "load", address });
  bar.say("Starting Python");
  sayWhatLoads(address);
  stayOffline();
}

/** What is in the cache of this runtime is not loaded again. @param {string} address */
async function sayWhatLoads(address) {
  const kept = await self.caches?.has(`la-runtime ${address}`).catch(() => false);
  if (!kept && !ready) bar.say(`Loading Python and NumPy, once: ${megabytes(+(runtime?.dataset.bytes ?? 0))}`);
}

/**
 * Code of another feature of the page, which sends the event la-run to the document with
 * {code, name, done}: `done(printed, error)` is called once, with an error's name or "".
 */
class Task {
  kind = "cell";
  printed = "";
  over = false;
  /** @param {{code: string, name: string, done: (printed: string, error: string) => void}} detail */
  constructor({ code, name, done }) {
    Object.assign(this, { code, name, done });
  }
  begin() {}
  /** @param {string} _kind @param {string} text */
  show(_kind, text) {
    this.printed += text;
  }
  /** @param {string} error */
  end(error) {
    if (!this.over) /** @type {any} */ (this).done(this.printed, error);
    this.over = true; // it may be stopped between its end and the next
  }
  read() {}
  /** @param {string} state */
  set(state) {
    if (state === "stopped" || state === "failed") this.end(state);
  }
}

/** Forget the running Python. @param {string} why what the reader is told */
function stopWorker(why) {
  worker?.terminate();
  worker = null;
  ready = busy = false;
  for (const one of queue.splice(0)) one.set("stopped", "stopped");
  for (const text of texts) {
    if (text.element.dataset.laState === "running") text.set("stopped", "stopped");
  }
  bar.say(why);
}

const heard = {
  progress({ loaded, total }) {
    bar.progress(loaded, total);
  },
  ready() {
    ready = true;
    bar.progress(0, 0);
    bar.say("Python is ready");
    next();
  },
  kept() {
    document.documentElement.dataset.laKept = "yes";
  },
  plan({ target, order }) {
    const above = order.length - 1;
    const also = above ? `, after ${above === 1 ? "one" : above} above that it needs` : "";
    bar.say(`Running ${batch[target].name}${also}`);
    batch[target].also = above ? ` · ran ${above} above first` : "";
  },
  fetching({ name, total }) {
    bar.say(total ? `Loading ${name}, once: ${megabytes(total)}` : `Loading ${name}`);
  },
  fetched() {
    bar.progress(0, 0);
  },
  begin({ index }) {
    batch[index].begin();
  },
  output({ index, kind, text }) {
    batch[index].show(kind, text);
  },
  end({ index, error }) {
    batch[index].end(error);
    if (error === "MemoryError") memory = true;
  },
  idle() {
    const target = queue.shift();
    busy = false;
    if (target?.element?.dataset.laState === "waiting") target.set("failed", "not run: one above failed");
    else if (target?.also && target.status) target.status.append(target.also);
    bar.say(`Ran ${target?.name}${target?.status ? `: ${target.status.textContent}` : ""}`);
    if (memory) {
      memory = false;
      const waiting = queue.splice(0);
      stopWorker("Memory was full. Python was started anew; what you run next runs what it needs first");
      for (const text of waiting) run(text);
    }
    next();
  },
  broken({ during, reason }) {
    if (during === "load") {
      bar.failed = queue.find((one) => one instanceof Text);
      stopWorker(`The download was cut short (${reason})`);
      bar.retry();
    } else stopWorker(`Python broke down and will start anew (${reason})`);
  },
};
let memory = false;

/** Let a service worker keep the pages that were read, so that they open and run with no network. */
async function stayOffline() {
  try {
    const root = new URL("../", here);
    await navigator.serviceWorker.register(new URL("offline.js", root), { scope: root.pathname });
    const { active } = await navigator.serviceWorker.ready;
    const used = performance.getEntriesByType("resource").map(({ name }) => name);
    const parts = ["editor.js", "worker.js", "errors.json"].map((name) => new URL(name, here).href);
    const page = location.href.replace(/#.*/, "");
    active?.postMessage({ keep: [page, ...used, ...parts].filter((url) => url.startsWith(root.href)) });
  } catch {
    // no service worker in this window: the page works, but not without a network
  }
}

// -- The bar: what Python is doing, and the buttons for the whole page ----------------------------

const bar = {
  /** @type {HTMLElement | null} */
  element: null,
  /** @type {Text | undefined} what Retry runs again */
  failed: undefined,

  build() {
    this.text = make("span", { className: "la-live-bar__text" });
    this.text.setAttribute("role", "status");
    this.meter = /** @type {HTMLProgressElement} */ (make("progress", { hidden: true }));
    this.meter.setAttribute("aria-label", "Loaded");
    this.count = make("span", { ariaHidden: "true" }); // the meter tells it to a screen reader
    this.runAll = button("Run all", "la-live-bar__all", "Run all of this page", () => {
      for (const text of texts) if (text.runButton) run(text);
    });
    this.stop = button("Stop", "la-live-bar__stop", "Stop Python", () => stopWorker("Stopped. What you run next runs what it needs first"));
    this.reset = button("Reset", "la-live-bar__reset", "Forget all variables and restore this page", () => {
      stopWorker("Python was reset, and the page is as it was built");
      for (const text of texts) if (text.runButton) text.restore();
    });
    this.again = button("Retry", "la-live-bar__retry", "Retry the download", () => {
      /** @type {HTMLElement} */ (this.again).hidden = true;
      if (this.failed) run(this.failed);
    });
    this.again.hidden = true;
    const help = make("a", { href: new URL("../run-code.html", here).href }, "Help");
    this.element = make(
      "div",
      { className: "la-live-bar" },
      this.text,
      this.meter,
      this.count,
      make("span", { className: "la-live-bar__buttons" }, this.again, this.runAll, this.stop, this.reset, help),
    );
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", "Python on this page");
    document.body.append(this.element);
  },

  /** @param {string} text */
  say(text) {
    if (!this.element) this.build();
    /** @type {HTMLElement} */ (this.text).textContent = text;
    this.update();
  },

  /** @param {number} loaded @param {number} total */
  progress(loaded, total) {
    const meter = /** @type {HTMLProgressElement} */ (this.meter);
    const count = /** @type {HTMLElement} */ (this.count);
    meter.hidden = count.hidden = !total;
    if (!total) return;
    meter.max = total;
    meter.value = loaded;
    count.textContent = `${megabytes(loaded)} of ${megabytes(total)}`;
  },

  retry() {
    /** @type {HTMLElement} */ (this.again).hidden = !this.failed;
    this.progress(0, 0);
  },

  update() {
    if (this.element) this.element.dataset.laBusy = busy || queue.length ? "yes" : "no";
    if (this.stop) this.stop.disabled = !busy && !queue.length;
  },
};

if (runtime && supported()) {
  const elements = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".la-live"));
  texts = Array.from(elements, (element, index) => new Text(element, index));
  document.addEventListener("la-run", (event) => run(new Task(/** @type {CustomEvent} */ (event).detail)));
  document.documentElement.dataset.laLive = "yes"; // for features that send la-run
}

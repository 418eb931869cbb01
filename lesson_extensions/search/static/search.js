// @ts-check
/** Shows what rank.js finds, while a reader types: in a dialog above any page, and on search.html. */

import { button, make } from "./dom.js";
import { Ranking } from "./rank.js";

const SHOWN = 18;
const BEST = 3; // stand above the groups, whatever they are
const WORTH = 0.12; // of the best page's score
const PAUSE = 120; // milliseconds without a key, before pages are quoted

const here = new URL(".", import.meta.url); // _static/features/<version>/
const root = new URL("../../../", here);

/** What came of a script of data, or will. @type {Map<string, Promise<any>>} */
const loaded = new Map();
/** @type {Map<string, (content: unknown) => void>} */
const waiting = new Map();
Object.assign(globalThis, {
  laSearch: (/** @type {string} */ name, /** @type {string} */ text) => waiting.get(name)?.(JSON.parse(text)),
});

/** A script, and not fetch(): it also comes from a folder on a disk. @param {string} name */
function load(name) {
  const found = loaded.get(name) ?? new Promise((resolve, reject) => {
    waiting.set(name, resolve);
    document.head.append(make("script", {
      src: new URL(`_static/search/${name}.js`, root).href,
      onload: (/** @type {Event} */ { target }) => /** @type {Element} */ (target).remove(),
      onerror: () => (loaded.delete(name), reject(new Error(name))),
    }));
  });
  loaded.set(name, found);
  return found;
}

/** @type {Promise<Ranking> | null} */
let ranking = null;
const ready = () => (ranking ??= load("index").then((index) => new Ranking(index)).catch((error) => {
  ranking = null; // the next key tries again
  throw error;
}));

/** What is typed into a field, and the list of what was found. */
class Finder {
  /** @param {HTMLInputElement} input @param {Element | null} status @param {Element | null} list  what the page has */
  constructor(input, status = null, list = null) {
    this.input = input;
    this.status = status ?? make("p", { className: "la-search__status", role: "status" });
    this.list = /** @type {HTMLElement} */ (list ?? make("div", { className: "la-search__found" }));
    this.shown = "";
    this.timer = 0;
    input.addEventListener("input", () => this.show());
  }

  get links() {
    return /** @type {HTMLAnchorElement[]} */ ([...this.list.querySelectorAll(".la-search__title")]);
  }

  async show() {
    const query = this.input.value.trim();
    if (query === this.shown) return;
    try {
      const ranking = await ready();
      if (query !== this.input.value.trim() || query === this.shown) return; // another was typed meanwhile
      this.shown = query;
      const hits = query ? ranking.find(query) : [];
      const most = hits.find(({ isRaised }) => !isRaised)?.score ?? 0;
      const worth = hits.filter(({ score }) => score > WORTH * most).slice(0, SHOWN);
      const entries = worth.map((hit) => new Entry(hit, ranking, query));
      const best = entries.slice(0, BEST);
      const groups = /** @type {Map<string, Entry[]>} */ (new Map());
      for (const entry of entries.slice(BEST)) groups.set(entry.kind, [...(groups.get(entry.kind) ?? []), entry]);
      this.list.replaceChildren(
        ...(best.length ? [group(_("Best matches"), best, true)] : []),
        ...[...groups].map(([kind, those]) => group(kind, those, false)),
      );
      this.list.scrollTop = 0;
      this.status.textContent = !query ? "" : !worth.length
        ? _("No page is about that. Try other words, or fewer.")
        : worth.length > 1 ? _(`${worth.length} results`) : _("1 result");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => entries.forEach((entry) => entry.quote()), PAUSE);
    } catch {
      this.list.replaceChildren();
      this.status.textContent = _("What the search looks in could not be loaded. Type on to try again.");
    }
  }

  /** Move with the arrows: from the field to the first result, and back. @param {KeyboardEvent} event */
  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [this.input, ...this.links];
    const from = stops.findIndex((stop) => stop === document.activeElement || stop.closest("li")?.contains(document.activeElement));
    const to = stops[Math.min(Math.max(from, 0) + step, stops.length - 1)] ?? this.input;
    event.preventDefault();
    to.focus();
    if (to === this.input) this.list.scrollTop = 0;
  }
}

/** One page that was found. */
class Entry {
  /** @param {import("./rank.js").Hit} hit @param {Ranking} ranking @param {string} query */
  constructor({ page: [title, address, kind, summary], isRaised }, ranking, query) {
    this.said = isRaised ? null : `${title} ${summary}`; // the cause of an error is what is asked for
    this.ranking = ranking;
    this.query = query;
    this.address = address;
    this.kind = ranking.index.kinds[kind];
    this.excerpt = make("p", { className: "la-search__excerpt" }, ...marked(summary, ranking, query));
    this.link = make("a", { href: new URL(address, root).href, className: "la-search__title" }, title);
  }

  /** @param {boolean} isNamed  says what it is, outside of a group of its kind */
  html(isNamed) {
    const kind = make("span", { className: "la-search__kind" }, this.kind);
    return make("li", {}, this.link, ...(isNamed ? [" ", kind] : []), this.excerpt);
  }

  /** Put what the page says of the query into the place of its summary. */
  async quote() {
    if (this.said === null) return;
    const sections = await load(`text/${this.address}`).catch(() => []); // there may be no network
    const found = this.ranking.quote(this.query, sections, this.said);
    if (!found || !this.link.isConnected) return;
    const { anchor, heading, text } = found;
    const section = make("a", { href: new URL(`${this.address}#${anchor}`, root).href }, heading);
    this.excerpt.replaceChildren(...(heading ? [section, " "] : []), ...marked(text, this.ranking, this.query));
  }
}

/** @param {string} title @param {Entry[]} entries @param {boolean} areNamed */
function group(title, entries, areNamed) {
  const list = make("ol", { className: "la-search__list" }, ...entries.map((entry) => entry.html(areNamed)));
  return make("section", {}, make("h2", {}, title), list);
}

/** @param {string} text @param {Ranking} ranking @param {string} query */
const marked = (text, ranking, query) =>
  ranking.marked(query, text).map(([part, isMeant]) => (isMeant ? make("mark", {}, part) : part));

/** The sheet, which only the page of the search has by itself. */
let dressed = /** @type {Promise<unknown> | null} */ (null);
const dress = () => (dressed ??= new Promise((resolve) => {
  const href = new URL(`../../search.css?v=${here.pathname.split("/").at(-2)}`, here).href;
  document.head.append(make("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
}));

// The page of the search has a field already.
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form.la-search"));
const own = form?.querySelector("input");

/** @type {{dialog: HTMLDialogElement, finder: Finder} | null} */
let opened = null;

/** @param {string} action  where the form leads without us */
function makeDialog(action) {
  const input = make("input", {
    type: "text", name: "q", className: "la-field la-search__input", placeholder: _("a question, np.cross, an error message"),
    ariaLabel: _("Words, a name, or a whole message"), autocomplete: "off", autocapitalize: "off", spellcheck: false,
    enterKeyHint: "search",
  });
  const finder = new Finder(input);
  const dialog = make("dialog", { className: "la-search-dialog", ariaLabel: _("Search") });
  const form = make("form", { className: "la-search", action, role: "search" }, input, button(_("Close"), () => dialog.close()));
  const keys = make("p", { className: "la-search__keys" }, _("↑ ↓ to choose, Enter to open, Esc to close"));
  dialog.append(form, finder.status, finder.list, keys);
  form.onsubmit = async (event) => {
    event.preventDefault();
    await finder.show();
    finder.links[0]?.click();
  };
  dialog.onkeydown = (event) => {
    finder.move(event);
    const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (types && document.activeElement !== input) input.focus(); // and the letter goes there
  };
  dialog.onclick = ({ target }) => {
    const isOutside = target === dialog; // its own parts cover the rest of it
    if (isOutside || /** @type {Element} */ (target).closest(".la-search__found a")) dialog.close();
  };
  document.body.append(dialog);
  return { dialog, finder };
}

/** Open the search, with what was typed at the side. @param {HTMLInputElement} box */
export async function open(box) {
  ready().catch(() => undefined); // said where it is missed
  if (!own) await dress();
  opened ??= own ? null : makeDialog(box.form?.action ?? "");
  const input = own ?? opened?.finder.input;
  if (!input) return;
  const isOpen = opened?.dialog.open;
  if (opened && !isOpen) opened.dialog.showModal();
  input.focus();
  if (box.value) input.value = box.value; // and what is typed next comes after it
  else if (!isOpen) input.select();
  box.value = "";
  input.dispatchEvent(new Event("input"));
}

if (form && own) {
  const [status, list] = ["status", "found"].map((part) => document.querySelector(`.la-search__${part}`));
  const finder = new Finder(own, status, list);
  own.value = new URLSearchParams(location.search).get("q") ?? "";
  form.onsubmit = (event) => {
    event.preventDefault();
    finder.show();
  };
  const move = (/** @type {KeyboardEvent} */ event) => finder.move(event);
  form.onkeydown = finder.list.onkeydown = move;
  own.addEventListener("input", () => {
    try {
      history.replaceState(history.state, "", `?q=${encodeURIComponent(own.value)}`);
    } catch { /* some browsers allow only so many in a minute */ }
  });
  if (own.value) finder.show();
  else own.focus({ preventScroll: true });
}

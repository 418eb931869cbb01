// @ts-check
/**
 * What the reader has passed, and where they were: kept in this browser only, under one key.
 * When it changes, here or in another tab, `la-progress` is dispatched at the document.
 *
 * @typedef {{page: string, anchor: string}} Place
 * @typedef {Record<string, string>} Times  when, as ISO text
 * @typedef {{version: number, passed: Times, visited: Times, last: Place | null, path?: string}} State
 */

const KEY = "la-progress";
const ASIDE = `${KEY}-aside-`;
const VERSION = 1;

/** @type {State} */
let state;
let unread = ""; // why what is stored cannot be read, where it could not be set aside either
let place = ""; // where the progress is kept instead, after storage failed

/** The state that a text holds; throws an Error that says why it holds none. @param {string | null} text @returns {State} */
function parse(text) {
  let found;
  try {
    found = JSON.parse(text ?? "");
  } catch {}
  const { version, passed, visited, last, path } = found ?? {};
  if (version > VERSION) throw new Error(_("That progress is from a later version of this site: reload the page and try again."));
  const isText = (/** @type {any} */ value) => typeof value === "string";
  const isTimes = (/** @type {any} */ value) =>
    value && typeof value === "object" && !Array.isArray(value) && Object.values(value).every(isText);
  if (version !== VERSION || ![passed, visited].every(isTimes) || (last && ![last.page, last.anchor].every(isText))) {
    throw new Error(_("That is no progress of this site."));
  }
  return { version, passed, visited, last: last || null, ...(path && isText(path) ? { path } : {}) };
}

/** Both; where they disagree, the first. @param {State} first @param {State} second @returns {State} */
function merge(first, second) {
  const path = first.path ?? second.path;
  return {
    version: VERSION,
    passed: { ...second.passed, ...first.passed },
    visited: { ...second.visited, ...first.visited },
    last: first.last ?? second.last,
    ...(path ? { path } : {}),
  };
}

/** What is stored: null if nothing is, or if it cannot be read. */
function stored() {
  let text = null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    place ||= _("on this page");
  }
  try {
    unread = "";
    return text === null ? null : parse(text);
  } catch (error) {
    unread = /** @type {Error} */ (error).message;
    return null;
  }
}

function save() {
  const text = JSON.stringify(state);
  try {
    if (unread) throw unread; // not ours to overwrite
    localStorage.setItem(KEY, text);
    if (place) sessionStorage.removeItem(KEY);
    place = "";
  } catch {
    try {
      sessionStorage.setItem(KEY, text);
      place = _("in this tab");
    } catch {
      place = _("on this page");
    }
  }
}

/** Changes the state, on top of what other tabs have stored since. @param {(state: State) => State | void} change */
function update(change) {
  state = merge(stored() ?? state, state);
  state = change(state) ?? state;
  save();
  announce();
}

function announce() {
  document.dispatchEvent(new CustomEvent(KEY));
}

/** The check or exercise with this label is passed. @param {string} label */
export function pass(label) {
  if (!passed(label)) update((state) => void (state.passed[label] = new Date().toISOString()));
}

/** @param {string} label */
export function passed(label) {
  return Object.hasOwn(state.passed, label);
}

/** Where the reader is: a page, and a heading on it or "". @param {Place} last */
export function visit(last) {
  update((state) => {
    state.visited[last.page] = new Date().toISOString();
    state.last = last;
  });
}

/** The reader was at a page that is no lesson. @param {string} page */
export function see(page) {
  update((state) => void (state.visited[page] = new Date().toISOString()));
}

/** The reader follows the path that this page describes. @param {string} path */
export function choose(path) {
  update((state) => void (state.path = path));
}

/** The whole state, a copy. */
export function read() {
  return structuredClone(state);
}

/** The whole state, as the text of a file. */
export function exportText() {
  return JSON.stringify(state, null, 1);
}

/** Adds what such a text holds; throws an Error with a sentence if it is none. @param {string} text */
export function importText(text) {
  const added = parse(text);
  update((state) => merge(state, added));
}

/** Our keys that begin so. */
function keys(start = KEY) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}

/** Forgets everything; what it returns brings it back when called. */
export function clear() {
  const before = merge(stored() ?? state, state);
  const kept = keys().map((key) => [key, localStorage[key]]);
  for (const key of keys()) localStorage.removeItem(key);
  try {
    sessionStorage.removeItem(KEY);
  } catch {}
  load();
  announce();
  return () => {
    const since = state;
    try {
      for (const [key, text] of kept) localStorage.setItem(key, text);
    } catch {}
    load();
    update((state) => merge(merge(since, before), state));
  };
}

/** What the reader should know of how the progress is kept: sentences, or "". */
export function trouble() {
  const asides = keys(ASIDE);
  const why = unread ? _("What this browser has kept cannot be read") : _("This browser’s storage is full or switched off");
  return [
    place && _(`${why}: your progress is kept ${place} only. Export it to keep it.`),
    asides.length && _(`Progress that cannot be read is set aside in this browser, as ${asides.join(", ")}. Clear removes it.`),
  ].filter(Boolean).join(" ");
}

/** Reads what is stored; what cannot be read is moved out of the way. */
function load() {
  place = "";
  state = stored() ?? { version: VERSION, passed: {}, visited: {}, last: null };
  try {
    if (unread) {
      let aside = ASIDE + new Date().toISOString();
      while (aside in localStorage) aside += "+";
      localStorage.setItem(aside, localStorage[KEY]);
      localStorage.removeItem(KEY);
      unread = "";
    }
  } catch {
    place = _("on this page"); // no room: it stays where it is, untouched
  }
  try {
    state = merge(state, parse(sessionStorage.getItem(KEY))); // of a page that could not store it
    place = _("in this tab");
    save();
  } catch {}
}

const size = (/** @type {State} */ { passed, visited }) => Object.keys(passed).length + Object.keys(visited).length;

/** Another tab has stored something, or this page is back from the back/forward cache. @param {boolean} isBack */
function follow(isBack) {
  const here = state;
  const now = stored();
  if (now) {
    state = isBack && !place ? now : merge(now, here);
    if (size(state) > size(now)) save(); // both wrote at once, and the other's came last
  } else if (unread) save();
  else if (!place) load();
  announce();
}

load();
addEventListener("storage", ({ key }) => (key ?? KEY) === KEY && follow(false));
addEventListener("pageshow", ({ persisted }) => persisted && follow(true));

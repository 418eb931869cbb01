// @ts-check
/** Shows the pages that rank.js finds, while a reader types. */

import { make } from "./dom.js";
import { Ranking } from "./rank.js";

const SHOWN = 20;
const WORTH = 0.12; // of the best page's score

const root = new URL("../../../", import.meta.url);
const form = document.querySelector(".la-search");
const list = document.querySelector("#search-results");
const status = document.querySelector(".la-search__status");
const input = /** @type {HTMLInputElement | null} */ (form?.querySelector("input") ?? null);

/** @param {string} path @param {boolean} required */
async function load(path, required) {
  try {
    const response = await fetch(new URL(path, root));
    if (response.ok) return await response.json();
  } catch { /* as below */ }
  if (required) throw new Error(path);
  return [];
}

/** @param {import("./rank.js").Hit} hit */
function entry({ page: [title, address, kind, summary], heading }) {
  const url = new URL(address, root);
  const link = make("a", { href: url.href }, title);
  const section = heading && make("p", { className: "la-search__section" },
    make("a", { href: `${url}#${heading[0]}` }, heading[1]));
  return make("li", {}, make("h2", {}, link),
    ...(kind ? [make("p", { className: "la-search__kind" }, kind)] : []),
    ...(summary ? [make("p", { className: "la-search__summary" }, summary)] : []),
    ...(section ? [section] : []));
}

if (input && list && status) {
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  const ranking = Promise.all([load("_static/search.json", true), load("_static/errors.json", false)])
    .then(([index, messages]) => new Ranking(index, messages));
  const show = async () => {
    const query = input.value.trim();
    status.textContent = query && "Searching…";
    try {
      const hits = query ? (await ranking).find(query) : [];
      if (query !== input.value.trim()) return; // another was typed meanwhile
      const worth = hits.filter(({ score }) => score > WORTH * Math.min(hits[0].score, 1e4)).slice(0, SHOWN);
      list.replaceChildren(...worth.map(entry));
      status.textContent = !query ? "" : !worth.length
        ? "No page is about that. Try other words, or fewer."
        : `${worth.length} ${worth.length > 1 ? "pages" : "page"}, the best first`;
    } catch {
      status.textContent = "What the search looks in could not be loaded. Reload the page to try again.";
    }
  };
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  input.addEventListener("input", () => {
    try {
      history.replaceState(history.state, "", `?q=${encodeURIComponent(input.value)}`);
    } catch { /* some browsers allow only so many in a minute */ }
    show();
  });
  if (input.value) show();
  else input.focus({ preventScroll: true });
}

// @ts-check
/** On every page: notes which lesson the reader is at; skill_tree_map.js is loaded where it is shown. */
import { passed, visit } from "./progress.js";

/** Keeps where the reader is on a lesson, and says how many of its checks are passed. @param {HTMLMetaElement} lesson */
function follow(lesson) {
  const checks = lesson.dataset.checks?.split(" ").filter(Boolean) ?? [];
  const note = document.createElement("span");
  if (checks.length) document.querySelector(".la-lesson")?.append(note);
  const tell = () => {
    const done = checks.filter(passed).length;
    note.textContent = done ? checks.length > 1 ? _(` · ${done} of ${checks.length} checks passed`) : _(" · 1 of 1 check passed") : "";
  };
  const headings = [...document.querySelectorAll("section[id] section[id]")];
  const keep = () => {
    const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    visit({ page: lesson.content, anchor: above.at(-1)?.id ?? "" });
  };
  document.addEventListener("la-progress", tell);
  keep();
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep()); // a phone may say no more
}

for (const lesson of document.querySelectorAll("meta[name=la-lesson]")) follow(/** @type {HTMLMetaElement} */ (lesson));
if (document.querySelector("nav.la-skill-tree")) import("./skill_tree_map.js");

// @ts-check
/**
 * Live cells: gives each runnable text of the page its Run and Edit buttons, and shows what Python
 * printed where the built output stood. Nothing is loaded before the first press.
 */

import { button } from "./dom.js";
import { Bar } from "./bar.js";
import { Call, Session, megabytes } from "./session.js";
import { RunnableText } from "./text.js";

const runtime = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=la-runtime]"));
const here = new URL(".", import.meta.url);
const bytes = Number(runtime?.dataset.bytes);
const address = new URL(runtime?.content ?? "", document.baseURI).href;
const root = new URL("../../../", here).href; // of this language; the runtime may be another's too
const gallery = `${root}_static/errors.json`;

/** Whether this browser can run Python at all: an empty WebAssembly module tells. */
function supported() {
  if (location.protocol === "file:") return false; // a folder gives no worker; the zip of the site says so
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    return "DecompressionStream" in self && "Worker" in self && !!self.crypto?.subtle;
  } catch {
    return false; // WebAssembly is missing, or blocked
  }
}

/** @type {RunnableText[]} */
const texts = [];
/** @type {Session | undefined} */
let started;

/** The page's Python, with its bar: there from the first press on. */
function session() {
  if (started) return started;
  const bar = new Bar(
    {
      runAll: () => texts.forEach((text) => text.runs && text.run()),
      stop: () => python.stop("stopped", _("Stopped. What you run next runs what it needs first")),
      reset() {
        python.stop("stopped", _("Python was reset, and the page is as it was built"));
        for (const text of texts) if (text.runs) text.restore();
      },
      retry: () => python.retry(),
    },
    runtime?.dataset.help,
  );
  const makeWorker = () => {
    const worker = new Worker(new URL("worker.js", here), { type: "module" });
    worker.postMessage({ type: "load", address });
    return worker;
  };
  const python = (started = new Session(makeWorker, bar));
  sayWhatLoads(python, bar);
  stayOffline();
  return python;
}

/** What is in the cache of this runtime is not loaded again. @param {Session} python @param {Bar} bar */
async function sayWhatLoads(python, bar) {
  const kept = await self.caches?.has(`la-runtime ${address}`).catch(() => false);
  if (!kept && python.worker && !python.ready) bar.say(_(`Loading Python and NumPy, once: ${megabytes(bytes)}`));
}

/** Let a service worker keep the pages that were read, so that they open and run with no network. */
async function stayOffline() {
  if (!document.querySelector("meta[name=la-offline]")) return; // this site has none
  try {
    const { Kept } = await import("./kept.js");
    const active = await new Kept(root).register();
    const used = performance.getEntriesByType("resource").map(({ name }) => name);
    const parts = ["editor.js", "worker.js", "flags.js"].map((name) => new URL(name, here).href);
    const page = location.href.replace(/[?#].*/, "");
    active?.postMessage({ keep: [page, gallery, ...used, ...parts].filter((url) => url.startsWith(root)) });
  } catch {
    // no service worker in this window: the page works, but not without a network
  }
}

/** Make a change for whom typing is no pleasure: in the cell above, which is then run. @param {HTMLElement} change */
function offerToMake(change) {
  const isAbove = (/** @type {RunnableText} */ { element }) => element.compareDocumentPosition(change) & Node.DOCUMENT_POSITION_FOLLOWING;
  const text = texts.filter(isAbove).at(-1);
  const { laFrom = "", laTo = "" } = change.dataset;
  if (!text?.runs) return;
  const make = () => text.put(text.original.replace(laFrom, () => laTo));
  change.querySelector("details")?.append(button(_("Make this change"), make, { className: "la-change__make" }));
}

if (runtime && supported()) {
  const site = {
    bytes,
    root,
    session,
    gallery: () => fetch(gallery).then((answer) => answer.json()).catch(() => []), // there may be none, or no network
  };
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".la-live"))) {
    texts.push(new RunnableText(element, texts, site));
  }
  for (const change of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".la-change"))) offerToMake(change);
  document.addEventListener("la-call", (event) => session().run(new Call(/** @type {CustomEvent} */ (event).detail)));
  document.documentElement.dataset.laLive = "yes"; // for features that send la-call
}

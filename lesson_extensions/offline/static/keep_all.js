// @ts-check
/** {offline}: keeps the whole site in this browser, says what that takes, and removes it again. */

import { button, make } from "./dom.js";
import { Kept } from "./kept.js";

const root = new URL("../../../", import.meta.url).href;
const kept = new Kept(root);

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

class Panel {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.says = /** @type {HTMLElement} */ (element.querySelector(".la-offline__says"));
    this.meter = make("progress", { hidden: true });
    this.meter.setAttribute("aria-label", _("Kept of the site"));
    this.tools = make("p", { className: "la-offline__tools" });
    this.says.after(this.meter, this.tools);
  }

  /** @param {string} says @param {Record<string, () => unknown>} [buttons] */
  show(says, buttons = {}) {
    const hadFocus = this.tools.contains(document.activeElement);
    this.says.textContent = says;
    this.meter.hidden = true;
    this.tools.replaceChildren(...Object.entries(buttons).map(([text, press]) => button(text, press)));
    if (hadFocus) this.tools.querySelector("button")?.focus(); // what was pressed is gone
  }

  async begin() {
    if (!("serviceWorker" in navigator) || !self.caches) return this.show(_("This browser, or this window, keeps no site for times without a network."));
    const whole = await kept.whole().catch(() => null);
    if (whole) return this.kept(whole);
    return this.offer();
  }

  /** @param {string} [why] @returns {Promise<void>} */
  async offer(why = "") {
    const list = await kept.newest().catch(() => null);
    if (!list) return this.show(why + _("The list of what there is to keep cannot be loaded now."), { [_("Try again")]: () => this.offer() });
    const all = _(`All pages with Python, NumPy and Matplotlib: ${megabytes(list.wire)} to load, ${megabytes(list.bytes)} in this browser.`);
    return this.show(why + all, { [_("Keep the whole site")]: () => this.keep(list) });
  }

  /** @param {import("./kept.js").List} list */
  async keep(list) {
    const cancel = new AbortController();
    this.show(_("Keeping the site…"), { [_("Cancel")]: () => cancel.abort() });
    this.meter.hidden = false;
    this.meter.max = list.bytes;
    let done = 0;
    const count = (/** @type {number} */ bytes) => {
      done += bytes;
      this.meter.value = done;
    };
    count(0);
    try {
      await navigator.storage?.persist?.(); // else a browser may drop what it likes
      const active = await kept.register();
      await kept.keepWhole(list, count, cancel.signal);
      active?.postMessage({ prune: true });
      await this.kept(list);
    } catch (error) {
      await this.failed(/** @type {Error} */ (error), list, cancel.signal.aborted);
    }
  }

  /** @param {Error} error @param {import("./kept.js").List} list @param {boolean} cancelled */
  async failed({ name, message }, list, cancelled) {
    if (cancelled) return this.offer(_("Cancelled; nothing more is kept than before. "));
    if (name === "QuotaExceededError") {
      const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      return this.offer(quota > usage
        ? _(`The browser refused the space: the site needs ${megabytes(list.bytes)}, and has ${megabytes(quota - usage)} left for it. Nothing more is kept than before. `)
        : _(`The browser refused the space: the site needs ${megabytes(list.bytes)}. Nothing more is kept than before. `));
    }
    if (/another version/.test(message)) return this.offer(_("The site was replaced by a newer version meanwhile. "));
    return this.offer(_("The site could not be loaded whole; nothing more is kept than before. "));
  }

  /** @param {import("./kept.js").List} list */
  async kept(list) {
    const newest = await kept.newest().catch(() => null);
    const newer = newest && newest.build !== list.build ? _(" There is a newer version, which is loaded when you open a page.") : "";
    this.show(_(`The whole site is kept in this browser: ${megabytes(list.bytes)}.`) + newer, { [_("Remove it again")]: () => this.remove() });
  }

  async remove() {
    await kept.remove();
    await this.offer(_("Removed, with what was kept of pages that you read. "));
  }
}

for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".la-offline"))) new Panel(element).begin();

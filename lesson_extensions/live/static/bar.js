// @ts-check
/** What Python is doing, and the buttons for the whole page: the session's view. */

import { button, make } from "./dom.js";
import { megabytes } from "./session.js";

/** @typedef {import("./session.js").View} View */

/** @implements {View} */
export class Bar {
  /** @param {{runAll: () => void, stop: () => void, reset: () => void, retry: () => void}} on @param {string} [help] where that is explained */
  constructor(on, help) {
    this.text = make("span", { className: "la-live-bar__text" });
    this.text.setAttribute("role", "status");
    this.meter = make("progress", { hidden: true });
    this.meter.setAttribute("aria-label", _("Loaded"));
    this.count = make("span", { ariaHidden: "true", hidden: true }); // the meter tells it to a screen reader
    const named = (/** @type {string} */ part, /** @type {string} */ ariaLabel) => ({ className: `la-button--plain la-live-bar__${part}`, ariaLabel });
    this.again = button("", on.retry, { ...named("retry", ""), hidden: true });
    this.whole = make("pre", { tabIndex: 0 });
    this.fold = make("details", { className: "la-live-bar__whole", hidden: true }, make("summary", {}, _("What Python said")), this.whole);
    const halt = () => this.stop.ariaDisabled === "false" && on.stop(); // not `disabled`, which would lose the focus
    this.stop = button(_("Stop"), halt, { ...named("stop", _("Stop Python")), ariaDisabled: "true" });
    const reset = button(_("Reset"), on.reset, named("reset", _("Reset: forget all variables and restore this page")));
    this.element = make(
      "div",
      { className: "la-live-bar", role: "region", ariaLabel: _("Python on this page") },
      this.text,
      this.meter,
      this.count,
      this.fold,
      make(
        "span",
        { className: "la-live-bar__buttons" },
        this.again,
        button(_("Run all"), on.runAll, named("all", _("Run all of this page"))),
        this.stop,
        reset,
        ...(help ? [make("a", { href: help }, _("Help"))] : []),
      ),
    );
    document.body.append(this.element);
    const root = document.documentElement; // nothing that has the focus shall be below the bar
    new ResizeObserver(() => root.style.setProperty("--la-live-bar", `${this.element.offsetHeight}px`)).observe(this.element);
  }

  /** @param {string} says @param {string} [whole] */
  say(says, whole = "") {
    this.fold.hidden = !whole;
    this.fold.open = false;
    this.whole.textContent = whole;
    const first = this.says === undefined;
    this.says = says;
    if (!first && this.text.textContent) this.text.textContent = says;
    else requestAnimationFrame(() => (this.text.textContent = this.says ?? "")); // it was there before its text
  }

  /** @param {number} loaded @param {number} total */
  progress(loaded, total) {
    this.meter.hidden = this.count.hidden = !total;
    if (!total) return;
    this.meter.max = total;
    this.meter.value = loaded;
    this.count.textContent = _(`${megabytes(loaded)} of ${megabytes(total)}`);
  }

  /** @param {"" | "load" | "run"} offer */
  retry(offer) {
    if (!offer && document.activeElement === this.again) this.stop.focus(); // it is gone in a moment
    this.again.textContent = offer === "run" ? _("Run again") : _("Retry");
    this.again.ariaLabel = offer === "run" ? _("Run again what Python broke down at") : _("Retry the download");
    this.again.hidden = !offer;
  }

  /** @param {boolean} busy */
  busy(busy) {
    this.element.dataset.laBusy = busy ? "yes" : "no";
    this.stop.ariaDisabled = String(!busy);
  }

  kept() {
    document.documentElement.dataset.laKept = "yes";
  }
}

// @ts-check
/**
 * What a reader typed in the place of a text of the page, kept for the visit: on Back and after a
 * reload it is there again. A browser may refuse to keep anything; then nothing is said of it.
 */

export const KEPT = _("What you type is kept for this visit.");

/** Whether this browser keeps anything. */
export const keeps = () => {
  try {
    sessionStorage.setItem("la-draft", "");
    sessionStorage.removeItem("la-draft");
    return true;
  } catch {
    return false;
  }
};

export class Draft {
  /** @param {string} place on this page @param {string} original the page's own text: a draft of another is none of this */
  constructor(place, original) {
    this.key = `la-draft ${location.pathname} ${place}`;
    this.original = original;
    this.follows = false;
  }

  /** What was typed in an earlier view of this page, or null. */
  read() {
    try {
      const [original, text] = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
      return original === this.original && text !== original && typeof text === "string" ? text : null;
    } catch {
      return null;
    }
  }

  /** Keep what stands there now, or forget it where that is the page's own. @param {string} text */
  keep(text) {
    try {
      if (text === this.original) sessionStorage.removeItem(this.key);
      else sessionStorage.setItem(this.key, JSON.stringify([this.original, text]));
    } catch {
      // full, or refused: it stays where it was typed
    }
  }

  /** Keep what `now` gives, at each key and when the page is left. @param {HTMLElement} element @param {() => string} now */
  follow(element, now) {
    if (this.follows) return;
    this.follows = true;
    const keep = () => this.keep(now());
    element.addEventListener("keyup", keep);
    element.addEventListener("input", keep);
    addEventListener("pagehide", keep); // what was changed by no key
  }
}

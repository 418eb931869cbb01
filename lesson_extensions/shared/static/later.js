// @ts-check
/**
 * Loads what a page needs once its reader does something: moves, scrolls, presses a key. Until then it
 * reads as it was built. What waits is named by `meta[name=la-later]`; see shared/assets.py.
 */

const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "scroll"];

/** @param {() => void} act once, at the reader's first sign */
export function atFirstSign(act) {
  const once = () => {
    for (const sign of SIGNS) removeEventListener(sign, once, true);
    act();
  };
  for (const sign of SIGNS) addEventListener(sign, once, { capture: true, passive: true });
}

/** Scripts that are run in this order. @param {string[]} addresses */
export function load(...addresses) {
  return Promise.all(addresses.map((src) => new Promise((resolve) => {
    const script = document.createElement("script");
    script.async = false;
    script.onload = script.onerror = resolve;
    script.src = src;
    document.head.append(script);
  })));
}

for (const { content } of /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll("meta[name=la-later]"))) {
  atFirstSign(() => load(content).then(() => (document.documentElement.dataset.laLater = "here")));
}

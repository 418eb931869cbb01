// @ts-check
/** What is wider than its box can be scrolled by keyboard too: not all browsers see to that. */

const SCROLLERS = "article pre, article .la-math, article .table-wrapper";
const boxes = document.querySelectorAll(SCROLLERS);

/** @param {Element} box */
function judge(box) {
  if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
  else if (box !== document.activeElement) box.removeAttribute("tabindex"); // it would lose the focus
}

// When a box gets its size: with the page, a wider window, a fold that is opened, a card that is near.
// Asked any earlier, each answer would have the whole page laid out once more.
const sized = new ResizeObserver((entries) => entries.forEach(({ target }) => judge(target)));
boxes.forEach((box) => sized.observe(box));
addEventListener("load", () => { // fonts are here now: what is in a box may be wider, and the box is not
  for (const box of boxes) {
    if (box.checkVisibility({ contentVisibilityAuto: true })) judge(box);
    else box.setAttribute("tabindex", "0"); // until it is near enough to be judged
  }
});

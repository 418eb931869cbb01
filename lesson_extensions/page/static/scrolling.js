// @ts-check
/** What is wider than its box can be scrolled by keyboard too: not all browsers see to that. */

const SCROLLERS = "article pre, article .la-math, article .table-wrapper";

function focusable() {
  for (const box of document.querySelectorAll(SCROLLERS)) {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}

focusable();
addEventListener("load", focusable); // fonts and pictures have their sizes now
addEventListener("resize", focusable);
document.addEventListener("toggle", focusable, true); // a fold was opened

// @ts-check
/** Whether what Python printed here is what it printed when the page was built. */

const LONGER = 20_000; // characters: what is so much longer than the other is another output

/** One space is as good as two; of a traceback, the last line counts. @param {string} text */
function plain(text) {
  const frames = /(Traceback \(most recent call last\):\n)(?: .*\n)*/g;
  return text.replace(frames, "$1").replace(/\s+/g, " ").trim();
}

/** The text around the numbers is equal, and the numbers agree to nine digits. @param {string} a @param {string} b */
function same(a, b) {
  const number = /(\d+\.?\d*(?:e[-+]?\d+)?)/;
  const [left, right] = [a, b].map((text) => text.split(number));
  return (
    left.length === right.length &&
    left.every((part, i) =>
      i % 2 ? Math.abs(+part - +right[i]) <= 1e-9 * Math.abs(+right[i]) : part.trim() === right[i].trim(),
    )
  );
}

/** Whether the parts stand in the text in this order, with anything between. @param {string} text @param {string[]} parts */
function holds(text, parts) {
  const [first, last] = [parts[0], parts[parts.length - 1]];
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    at = text.indexOf(part, at) + part.length;
    if (at < part.length) return false;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/**
 * Whether they say the same; what was built may hold "...", which stands for anything. The work is
 * bounded by the length of what was built, whatever was printed.
 * @param {string} printed @param {string} built
 */
export function agrees(printed, built) {
  if (printed.length > 2 * built.length + LONGER) return false;
  const [own, wanted] = [plain(printed), plain(built)];
  const parts = wanted.split("...");
  return same(own, wanted) || (parts.length > 1 && holds(own, parts));
}

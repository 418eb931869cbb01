// @ts-check
/**
 * What a reader types, and when it is as good as the answer: people write 2x3 for (2, 3) and a comma
 * for a point, and round. So this forgives what neither values (values.py) nor outputs may differ in.
 */

/** @param {string} text @returns {number | null} */
export function readNumber(text) {
  const plain = text.replace("−", "-").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}

/** The lengths in (2, 3), 2x3 or 4. @param {string} text @returns {number[] | null} */
export function readShape(text) {
  const inner = text.replace(/^\((.*)\)$|^\[(.*)\]$/, "$1$2").replace(/,?\s*$/, "").trim();
  if (!inner) return text === "()" ? [] : null;
  const lengths = inner.split(/\s*[,x×]\s*|\s+/i);
  return lengths.every((length) => /^\d+$/.test(length)) ? lengths.map(Number) : null;
}

/** Whether two numbers are as near as their author asks; to that comes the rounding that prover.py allows. @param {number} guess @param {number} answer @param {number} tolerance */
export const isNear = (guess, answer, tolerance) =>
  Math.abs(guess - answer) <= tolerance + 1e-9 * Math.max(1, Math.abs(answer));

/** @param {string} word */
const isNumber = (word) => !Number.isNaN(Number(word));

/** The numbers and words of a text: 2 of "(2,)" and of "2". @param {string} text @returns {string[]} */
function words(text) {
  const plain = text.toLowerCase().replaceAll("−", "-").replace(/(\d)\s*[x×]\s*(?=\d)/g, "$1 ");
  return plain.match(/[a-z_]\w*|[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/g) ?? [];
}

/**
 * Whether a guess comes to what Python printed, however it is written: the same words, whole numbers
 * the same, others to within 2 percent, since nobody predicts all digits.
 * @param {string} guess @param {string} printed
 */
export function says(guess, printed) {
  const right = words(printed);
  if (!right.length) return guess.replace(/\s/g, "") === printed.replace(/\s/g, "");
  const given = right.every(isNumber) ? words(guess).filter(isNumber) : words(guess);
  return given.length === right.length && right.every((word, i) => {
    const number = Number(word);
    if (Number.isNaN(number)) return word === given[i];
    return Math.abs(number - Number(given[i])) <= (Number.isInteger(number) ? 0 : Math.abs(number) / 50);
  });
}

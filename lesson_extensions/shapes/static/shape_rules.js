// @ts-check
/**
 * What NumPy makes of two shapes, without NumPy: its rules, in the order in which it looks at them.
 *
 * How it says what is wrong was asked of NumPy when the site was built (numpy_says.py), and
 * tests/test_shapes.py compares all that comes of it with NumPy, over a grid of shapes.
 *
 * @typedef {(number | bigint)[]} Shape  bigint where lengths are multiplied
 *
 * @typedef {object} Words  of the NumPy that built the site
 * @property {string} numpy its version
 * @property {Record<string, string>} signatures such as (m,n),(n)->(m)
 * @property {Record<string, string>} messages with names in braces
 *
 * @typedef {object} Outcome
 * @property {Shape} [shape] of the result
 * @property {string} [error] the last line of a traceback; one of the two is there
 * @property {string[]} a a letter for each axis; axes with one letter meet
 * @property {string[]} b
 * @property {string[]} result
 * @property {string} clash the letter of axes that do not fit
 *
 * @typedef {(a: number[], b: number[], words: Words, option: string) => Outcome} Rule
 */

const LETTERS = [..."ijklmnopqrstuvwxyzabcdefghIJKLMNOPQRSTUVWXYZ"];
const STACK = [..."stuvwxyzabcdefghijopqr"]; // none that a signature has
const NEWAXIS = -1;

/** @param {Words} words @param {string} kind @param {Record<string, unknown>} fields */
const say = (words, kind, fields = {}) =>
  words.messages[kind].replace(/\{(\w+)\}/g, (_, name) => String(fields[name]));

/** An axis that is not there is left out at the front, and "newaxis" elsewhere. @param {Shape} shape */
export function written(shape) {
  const first = shape.findIndex((length) => length !== NEWAXIS);
  const lengths = shape.slice(first).map((length) => (length === NEWAXIS ? "newaxis" : length));
  return first < 0 ? "()" : `(${lengths}${shape.length === 1 ? "," : ""})`;
}

/** @param {string} error @param {Partial<Outcome>} known @returns {Outcome} */
const wrong = (error, known = {}) => ({ error, a: [], b: [], result: [], clash: "", ...known });

/** What two lengths make together, or null. @param {number} one @param {number} other */
const stretched = (one, other) => (one === other || other === 1 ? one : one === 1 ? other : null);

/** Two shapes, from the right. @param {number[]} a @param {number[]} b @param {string[]} pool */
function broadcast(a, b, pool) {
  const count = Math.max(a.length, b.length);
  const letters = pool.slice(0, count).reverse();
  const shape = [];
  let clash = "";
  for (let axis = 0; axis < count; axis++) {
    const length = stretched(a.at(axis - count) ?? 1, b.at(axis - count) ?? 1);
    if (length === null) clash ||= letters[axis];
    shape.push(length ?? 0);
  }
  const of = (/** @type {number[]} */ one) => letters.slice(count - one.length);
  return { shape, clash, a: of(a), b: of(b), result: letters };
}

/** One that works on a stack, named as NumPy's messages name it. @param {string} f @returns {Rule} */
const gufunc = (f) => (a, b, words) => {
  const signature = words.signatures[f];
  const [inside, outside] = signature.split("->").map((side) =>
    [...side.matchAll(/\(([^)]*)\)/g)].map(([, names]) => names.split(",").filter(Boolean)));
  const shapes = [a, b];
  for (const [operand, shape] of shapes.entries()) {
    const requires = inside[operand].filter((name) => !name.endsWith("?")).length;
    if (shape.length < requires) {
      return wrong(say(words, "few", { f, operand, has: shape.length, signature, requires }));
    }
  }
  const missing = inside.flatMap((core, operand) =>
    (shapes[operand].length < core.length ? core.filter((name) => name.endsWith("?")) : []));
  const there = (/** @type {string[]} */ core) =>
    core.filter((name) => !missing.includes(name)).map((name) => name.replace("?", ""));
  const cores = inside.map(there);
  const stacks = shapes.map((shape, operand) => shape.slice(0, shape.length - cores[operand].length));
  const stack = broadcast(stacks[0], stacks[1], STACK);
  const letters = {
    a: [...stack.a, ...cores[0]],
    b: [...stack.b, ...cores[1]],
    result: [...stack.result, ...there(outside[0])],
  };

  /** @type {Record<string, number>} */
  const sizes = {};
  for (const [operand, core] of cores.entries()) {
    for (const [axis, name] of core.entries()) {
      const size = shapes[operand][stacks[operand].length + axis];
      const other = (sizes[name] ??= size);
      if (size !== other) {
        return wrong(say(words, "core", { f, operand, axis, signature, size, other }), { ...letters, clash: name });
      }
    }
  }
  const core = there(outside[0]).map((name) => sizes[name]);
  if (!stack.clash) return { shape: [...stack.shape, ...core], ...letters, clash: "" };
  const count = stack.shape.length;
  const [a_mapped, b_mapped] = stacks.map((one) =>
    written([...Array(count - one.length).fill(NEWAXIS), ...one, ...core.map(() => NEWAXIS)]));
  // the axes of the stack are there too, and not asked for: so one axis has no comma
  const asked = written([NEWAXIS, ...core]);
  const fields = { a: written(a), a_mapped, b: written(b), b_mapped, core: asked };
  return wrong(say(words, "stack", fields), { ...letters, clash: stack.clash });
};

/** @type {Rule} */
function solve(a, b, words, option) {
  if (a.length < 2) return wrong(say(words, "vector", { axes: a.length }));
  if (a.at(-1) !== a.at(-2)) {
    const stack = STACK.slice(0, a.length - 2).reverse();
    return wrong(say(words, "square"), { a: [...stack, "m", "m"], b: b.map(() => ""), clash: "m" });
  }
  return gufunc(b.length === 1 ? "solve1" : "solve")(a, b, words, option);
}

/** @type {Rule} */
function lstsq(a, b, words) {
  for (const shape of [a, b.length === 1 ? [...b, 1] : b]) {
    if (shape.length !== 2) return wrong(say(words, "matrix", { axes: shape.length }));
  }
  const letters = { a: ["i", "j"], b: ["i", "k"].slice(0, b.length), result: ["j", "k"].slice(0, b.length) };
  if (a[0] !== b[0]) return wrong(say(words, "incompatible"), { ...letters, clash: "i" });
  return { shape: [a[1], ...b.slice(1)], ...letters, clash: "" };
}

/** These axes of a and those of b go, in pairs. @param {number[]} a @param {number[]} b @param {number[]} from @param {number[]} to */
function contracted(a, b, from, to) {
  const own = LETTERS.slice(0, a.length);
  const rest = LETTERS.slice(a.length);
  const letters = b.map((_, axis) => (to.includes(axis) ? own[from[to.indexOf(axis)]] : /** @type {string} */ (rest.shift())));
  const stays = (/** @type {unknown} */ _, /** @type {number} */ axis) => !from.includes(axis);
  const staysToo = (/** @type {unknown} */ _, /** @type {number} */ axis) => !to.includes(axis);
  const pair = from.findIndex((axis, n) => a[axis] !== b[to[n]]);
  return {
    shape: [...a.filter(stays), ...b.filter(staysToo)],
    a: own,
    b: letters,
    result: [...own.filter(stays), ...letters.filter(staysToo)],
    clash: pair < 0 ? "" : own[from[pair]],
  };
}

/** @type {Rule} */
function dot(a, b, words) {
  if (!a.length || !b.length) return contracted(a, b, [], []);
  const [axis, other_axis] = [a.length - 1, Math.max(0, b.length - 2)];
  const made = contracted(a, b, [axis], [other_axis]);
  if (!made.clash) return made;
  const fields = { a: written(a), b: written(b), size: a[axis], axis, other: b[other_axis], other_axis };
  return wrong(say(words, "aligned", fields), { ...made, shape: undefined });
}

/** @type {Rule} */
function tensordot(a, b, words, option) {
  const to = Array.from({ length: Number(option) }, (_, axis) => axis);
  const from = to.map((axis) => a.length - to.length + axis);
  for (const [pair, axis] of from.entries()) { // NumPy looks at one pair after the other
    if (axis < 0 || b[pair] === undefined) return wrong(say(words, "index"));
    if (a[axis] !== b[pair]) {
      const known = to.length > b.length ? {} : contracted(a, b, from, to);
      return wrong(say(words, "sum"), { ...known, shape: undefined });
    }
  }
  return contracted(a, b, from, to);
}

/** @type {Rule} */
function elementwise(a, b, words) {
  const made = broadcast(a, b, LETTERS);
  if (!made.clash) return made;
  return wrong(say(words, "broadcast", { a: written(a), b: written(b) }), { ...made, shape: undefined });
}

/** @type {Rule} */
function kron(a, b) {
  const count = Math.max(a.length, b.length);
  const letters = LETTERS.slice(0, count);
  const length = (/** @type {number[]} */ shape, /** @type {number} */ axis) => BigInt(shape.at(axis - count) ?? 1);
  return {
    shape: letters.map((_, axis) => length(a, axis) * length(b, axis)),
    a: letters.slice(count - a.length),
    b: letters.slice(count - b.length),
    result: letters,
    clash: "",
  };
}

const isLetter = (/** @type {string} */ sign) => /^[a-z]$/i.test(sign);
const ELLIPSIS = "…"; // the axes of an ellipsis are …, …2, …3, from the right

/** Thrown where NumPy raises; the message is what it says. */
class Raised extends Error {}

/** The signs of subscripts, with one sign for an ellipsis. @param {string} text @param {Words} words @param {string} kind @param {number} [operand] */
function* signs(text, words, kind, operand) {
  let before = false;
  for (let at = 0; at < text.length; at++) {
    if (isLetter(text[at])) yield text[at];
    else if (text[at] === ".") {
      if (before || text.slice(at, at + 3) !== "...") throw new Raised(say(words, kind, { operand }));
      before = true;
      at += 2;
      yield ELLIPSIS;
    } else if (text[at] !== " ") throw new Raised(say(words, "no_letter", { letter: text[at] }));
  }
}

/** A letter for each axis of an array. @param {string} text @param {number} axes @param {Words} words @param {number} operand */
function lettersOf(text, axes, words, operand) {
  /** @type {string[]} */
  const letters = [];
  let ellipsis = -1;
  for (const sign of signs(text, words, "dot", operand)) {
    if (sign === ELLIPSIS) ellipsis = letters.length;
    else if (letters.length === axes) throw new Raised(say(words, "letters", { operand }));
    else letters.push(sign);
  }
  if (ellipsis < 0) {
    if (letters.length !== axes) throw new Raised(say(words, "axes"));
    return letters;
  }
  return [...letters.slice(0, ellipsis), ...dots(axes - letters.length), ...letters.slice(ellipsis)];
}

/** @param {number} count */
const dots = (count) => Array.from({ length: count }, (_, n) => ELLIPSIS + (n ? n + 1 : "")).reverse();

/** @param {string} text after the arrow @param {string[]} known @param {number} hidden how many axes … stands for @param {Words} words */
function lettersAfter(text, known, hidden, words) {
  /** @type {string[]} */
  const letters = [];
  let ellipsis = false;
  const rest = [...text];
  for (const sign of signs(text, words, "dot_after")) {
    if (sign === ELLIPSIS) {
      ellipsis = true;
      letters.push(...dots(hidden));
      continue;
    }
    rest.splice(0, rest.indexOf(sign) + 1);
    if (rest.includes(sign)) throw new Raised(say(words, "twice", { letter: sign }));
    if (!known.includes(sign)) throw new Raised(say(words, "unknown", { letter: sign }));
    letters.push(sign);
  }
  if (!ellipsis && hidden) throw new Raised(say(words, "axes_after"));
  return letters;
}

/** @type {Rule} */
function einsum(a, b, words, option) {
  try {
    return named(a, b, words, option);
  } catch (error) {
    if (error instanceof Raised) return wrong(error.message);
    throw error;
  }
}

/** @type {Rule} */
function named(a, b, words, option) {
  const shapes = [a, b];
  const letters = [];
  let left = option;
  for (const [operand, shape] of shapes.entries()) {
    const end = left.search(/[,-]|$/);
    const isLast = operand === shapes.length - 1;
    if (isLast && left[end] === ",") throw new Raised(say(words, "more_arrays"));
    if (!isLast && left[end] !== ",") throw new Raised(say(words, "fewer_arrays"));
    letters.push(lettersOf(left.slice(0, end), shape.length, words, operand));
    left = left.slice(isLast ? end : end + 1);
  }
  const all = letters.flat();
  const hidden = Math.max(...letters.map((own) => own.filter((letter) => letter.startsWith(ELLIPSIS)).length));
  const found = [...new Set(all.filter(isLetter))].sort();
  let result = [...dots(hidden), ...found.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter))];
  if (left) {
    if (!left.startsWith("->")) throw new Raised(say(words, "no_arrow"));
    result = lettersAfter(left.slice(2), all, hidden, words);
  }
  const known = { a: letters[0], b: letters[1], result };

  /** @type {Map<string, number>[]} */
  const lengths = [];
  for (const [operand, shape] of shapes.entries()) {
    const own = new Map();
    for (const [axis, letter] of letters[operand].entries()) {
      const size = own.get(letter) ?? shape[axis];
      if (size !== shape[axis]) {
        const fields = { operand, letter, size, other: shape[axis] };
        return wrong(say(words, "diagonal", fields), { ...known, clash: letter });
      }
      own.set(letter, shape[axis]);
    }
    lengths.push(own);
  }
  const walked = [...result, ...found.filter((letter) => !result.includes(letter))];
  const both = walked.map((letter) => stretched(lengths[0].get(letter) ?? 1, lengths[1].get(letter) ?? 1));
  if (both.includes(null)) {
    const [a_mapped, b_mapped] = lengths.map((own) => written(walked.map((letter) => own.get(letter) ?? NEWAXIS)));
    const [a_taken, b_taken] = lengths.map((own) => written([...own.values()]));
    const fields = { a: a_taken, a_mapped, b: b_taken, b_mapped };
    return wrong(say(words, "remapped", fields), { ...known, clash: walked[both.indexOf(null)] });
  }
  return { shape: both.slice(0, result.length).map(Number), ...known, clash: "" };
}

/** @type {Record<string, Rule>} */
export const RULES = {
  matmul: gufunc("matmul"),
  dot,
  matvec: gufunc("matvec"),
  vecdot: gufunc("vecdot"),
  solve,
  lstsq,
  broadcast: elementwise,
  einsum,
  kron,
  tensordot,
};

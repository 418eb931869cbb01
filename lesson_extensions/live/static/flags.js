// @ts-check
/**
 * The floating-point flags that WebAssembly lacks, so that NumPy warns as it does on a computer.
 *
 * NumPy clears the processor's flags before it calculates and reads them after, to warn of a
 * division by zero, an overflow, an invalid value. Here each of its loops is followed by a look at
 * the results: where one is an infinity or NaN that its operands do not explain, a flag is set, and
 * NumPy reads it through `fetestexcept` (runtime.py has it return what that says). What becomes of
 * it, and what the words are, is NumPy's own affair: np.errstate, names, and all.
 *
 * Not seen: underflow; what has a loop beside the ufunc's (np.add.at); extended precision; divmod of
 * scalars; np.vecdot; `astype` to a narrower float, or to integers but for `a.astype(int)`, of which
 * flags.py tells. Of determinants native_errors.py tells.
 */

const DIVIDE = 1; // as NumPy numbers them
const OVERFLOW = 2;
const INVALID = 8;
const CHUNK = 2048; // entries of an operand that is overwritten which are kept without allocating

let flags = 0;
let loops = 0; // how many have run: an operation of scalars may be one of arrays
/** @type {number[]} what the next readings give, before the flags */
let dictated = [];

/** NumPy clears and reads by the same call: what was read is cleared. */
function read() {
  if (dictated.length) return dictated.shift();
  const found = flags;
  flags = 0;
  return found;
}

/** What NumPy reads when it next calculates, or nothing. @param {number} found */
export function dictate(found) {
  dictated = found ? [0, found] : []; // it clears, calculates, and reads
}

/** Put our flags in the place of those that NumPy's core would read. Before NumPy is loaded. */
export function hook() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = /** @type {any} */ (
    new Proxy(Instance, {
      construct(target, [module, imports]) {
        const isCore = WebAssembly.Module.exports(module).some(({ name }) => name === "PyInit__multiarray_umath");
        if (!isCore) return new target(module, imports);
        const env = new Proxy(imports.env, { get: (all, name) => (name === "fetestexcept" ? read : all[name]) });
        return new target(module, { ...imports, env });
      },
    })
  );
}

/** Python's memory, as numbers of each kind; it is another buffer each time it grows. @type {any} */
let heap = {};
/** @type {any} */
let module;

const KINDS = { d: Float64Array, f: Float32Array, b: Int8Array, B: Uint8Array, "?": Uint8Array, h: Int16Array, H: Uint16Array, i: Int32Array, I: Uint32Array, l: Int32Array, L: Uint32Array, q: BigInt64Array, Q: BigUint64Array };

function renew() {
  if (heap.i?.length) return; // of memory that has grown, the old view is empty
  const { buffer } = module.HEAPU8;
  for (const [kind, Kind] of Object.entries(KINDS)) heap[kind] = new Kind(buffer);
  heap.D = heap.d;
  heap.F = heap.f;
  heap.e = heap.H;
}

/** Kinds by NumPy's numbers of types; those that are left out have no flags here. @type {(Kind | undefined)[]} */
const TYPES = ["?", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "f", "d", undefined, "F", "D", undefined, ...Array(6), "e"];

/** @typedef {keyof typeof KINDS | "D" | "F" | "e"} Kind */

const FLOATS = "edfDF";

const complex = (/** @type {string} */ kind) => kind === "D" || kind === "F";

/** The number that 16 bits stand for. @param {number} bits */
function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 31 ? (fraction ? NaN : Infinity) : exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
  return bits >> 15 ? -size : size;
}

/** The numbers of one entry: two of a complex one. @param {string} kind @param {number} at @param {any} [from] */
function entry(kind, at, from = heap[kind]) {
  const i = at / from.BYTES_PER_ELEMENT;
  if (kind === "e") return [half(from[i])];
  return complex(kind) ? [from[i], from[i + 1]] : [Number(from[i])];
}

const isZero = (/** @type {number[]} */ x) => x.every((part) => part === 0);

/** What makes an infinity of finite numbers by a division by zero; a reduction divides by many. @type {Record<string, (operands: number[][]) => boolean>} */
const POLES = {
  divide([[x], ...divisors]) {
    return divisors.some((divisor) => {
      const told = isZero(divisor) && Number.isFinite(x); // an infinity by zero is no new one
      x /= divisor[0];
      return told;
    });
  },
  reciprocal: ([x]) => isZero(x),
  power: ([x]) => isZero(x),
  log: () => true,
  log1p: () => true,
  arctanh: () => true,
};
Object.assign(POLES, { floor_divide: POLES.divide, divmod: POLES.divide, float_power: POLES.power, log2: POLES.log, log10: POLES.log });

/** The flags that one result sets. @param {string} name @param {number[][]} operands @param {number[]} result */
function judge(name, operands, result) {
  const numbers = operands.flat();
  if (numbers.some(Number.isNaN)) return name.startsWith("logaddexp") ? INVALID : 0; // which compares them
  const finite = numbers.every(Number.isFinite);
  let found = 0;
  for (const part of result) {
    if (Number.isNaN(part)) found |= INVALID;
    else if (!Number.isFinite(part) && finite) found |= POLES[name]?.(operands) ? DIVIDE : OVERFLOW;
  }
  return found;
}

/**
 * Whether n results are all finite. This runs after each loop, so it has to be quick: of what does
 * not lie side by side it looks at the bits of the exponent, all ones in what is not finite.
 * @param {string} kind @param {number} at @param {number} step @param {number} n @returns {boolean}
 */
function allFinite(kind, at, step, n) {
  if (kind === "e") {
    for (let k = 0, i = at >>> 1; k < n; k++, i += step >> 1) if ((heap.H[i] & 0x7c00) === 0x7c00) return false;
    return true;
  }
  if (kind === "d" && step === 8 && n > 8) {
    const numbers = heap.d;
    let i = at >>> 3;
    const end = i + n;
    let [p, q, r, s] = [0, 0, 0, 0]; // four sums at once, in less than half the time of one
    for (; i < end - 3; i += 4) {
      p += numbers[i] * 0; // 0, or NaN of what is not finite
      q += numbers[i + 1] * 0;
      r += numbers[i + 2] * 0;
      s += numbers[i + 3] * 0;
    }
    for (; i < end; i++) p += numbers[i] * 0;
    return p + q + r + s === 0;
  }
  const words = heap.i;
  const by = step >> 2;
  if (kind === "d") {
    for (let k = 0, i = (at >>> 2) + 1; k < n; k++, i += by) if ((words[i] & 0x7ff00000) === 0x7ff00000) return false;
    return true;
  }
  if (kind === "f") {
    for (let k = 0, i = at >>> 2; k < n; k++, i += by) if ((words[i] & 0x7f800000) === 0x7f800000) return false;
    return true;
  }
  const part = kind === "D" ? "d" : "f";
  return allFinite(part, at, step, n) && allFinite(part, at + (kind === "D" ? 8 : 4), step, n);
}

/**
 * A loop of a ufunc that sets flags.
 * @param {string} name @param {Kind[]} kinds of operands and results @param {number} nin
 * @param {(args: number, dims: number, steps: number, data: number) => void} loop
 */
function withFlags(name, kinds, nin, loop) {
  const scratch = new Float64Array(CHUNK);
  const integers = !FLOATS.includes(kinds[nin]);
  const single = !integers && kinds.length === nin + 1;
  return (/** @type {number} */ args, /** @type {number} */ dims, /** @type {number} */ steps, /** @type {number} */ data) => {
    renew();
    loops++;
    const words = heap.I;
    const a = args >>> 2;
    const s = steps >>> 2;
    const n = words[dims >>> 2];
    const result = words[a + nin];
    const reduces = nin === 2 && words[a] === result && words[s] === 0 && words[s + 2] === 0;
    const first = reduces ? entry(kinds[0], result) : null;
    if (single && (reduces || (words[a] !== result && (nin === 1 || words[a + 1] !== result)))) {
      loop(args, dims, steps, data); // which is nearly all that happens
      if (allFinite(kinds[nin], result, heap.i[s + nin], reduces ? 1 : n)) return;
    }
    const at = kinds.map((_, k) => words[a + k]);
    const step = kinds.map((_, k) => heap.i[s + k]);
    const done = single && (reduces || !at.includes(result) || at.indexOf(result) === nin);
    /** @type {any[]} what is overwritten, as it was */
    const before = kinds.map((kind, k) => {
      if (k >= nin || reduces || !at.includes(at[k], nin)) return null;
      const parts = complex(kind) ? 2 : 1;
      const kept = integers || kind === "e" ? heap[kind].slice(0, n) : n * parts <= CHUNK ? scratch.subarray(0, n * parts) : new Float64Array(n * parts);
      for (let i = 0; i < n; i++) {
        const source = (at[k] + i * step[k]) / heap[kind].BYTES_PER_ELEMENT;
        for (let part = 0; part < parts; part++) kept[i * parts + part] = heap[kind][source + part];
      }
      return kept;
    });
    const operand = (/** @type {number} */ k, /** @type {number} */ i) => {
      const kept = before[k];
      if (!kept) return entry(kinds[k], at[k] + i * step[k]);
      if (kinds[k] === "e") return [half(kept[i])];
      return complex(kinds[k]) ? [kept[2 * i], kept[2 * i + 1]] : [Number(kept[i])];
    };
    if (integers) {
      const zero = nin === 1 ? DIVIDE | INVALID : DIVIDE; // a reciprocal makes an integer of the infinity
      for (let i = 0; i < n; i++) if (operand(nin - 1, i)[0] === 0) flags |= zero; // it is overwritten at times
      return loop(args, dims, steps, data);
    }
    if (!done) loop(args, dims, steps, data);
    for (let k = nin; k < kinds.length; k++) {
      if (allFinite(kinds[k], at[k], step[k], reduces ? 1 : n)) continue;
      if (first) {
        const operands = [/** @type {number[]} */ (first), ...Array.from({ length: n }, (_, i) => operand(1, i))];
        flags |= judge(name, operands, entry(kinds[k], at[k]));
      } else for (let i = 0; i < n; i++) flags |= judge(name, inputs(operand, nin, i), entry(kinds[k], at[k] + i * step[k]));
    }
  };
}

/** @param {(k: number, i: number) => number[]} operand @param {number} nin @param {number} i */
const inputs = (operand, nin, i) => (nin === 1 ? [operand(0, i)] : [operand(0, i), operand(1, i)]);

/** The loop of np.matmul that sets flags. @param {Kind[]} kinds @param {(args: number, dims: number, steps: number, data: number) => void} loop */
function productWithFlags(kinds, loop) {
  return (/** @type {number} */ args, /** @type {number} */ dims, /** @type {number} */ steps, /** @type {number} */ data) => {
    renew();
    const words = heap.i;
    const p = args >>> 2;
    const first = words[p]; // the loop moves all three
    const second = words[p + 1];
    const result = words[p + 2];
    loop(args, dims, steps, data);
    const d = dims >>> 2;
    const t = steps >>> 2;
    const count = words[d];
    const rows = words[d + 1];
    const columns = words[d + 3];
    const cRow = words[t + 7];
    const cColumn = words[t + 8];
    for (let one = 0; one < count; one++) {
      const c = result + one * words[t + 2];
      for (let i = 0; i < rows; i++) {
        if (allFinite(kinds[2], c + i * cRow, cColumn, columns)) continue;
        const [a, b] = [first + one * words[t], second + one * words[t + 1]];
        const [inner, aRow, aInner, bInner, bColumn] = [words[d + 2], words[t + 3], words[t + 4], words[t + 5], words[t + 6]];
        for (let j = 0; j < columns; j++) {
          const sum = entry(kinds[2], c + i * cRow + j * cColumn);
          if (sum.every(Number.isFinite)) continue;
          const operands = [];
          for (let k = 0; k < inner; k++) operands.push(entry(kinds[0], a + i * aRow + k * aInner), entry(kinds[1], b + k * bInner + j * bColumn));
          flags |= judge("", operands, sum);
        }
      }
    }
  };
}

const NUMBER_METHODS = 12; // words of a PyTypeObject, and of what it points to there
/** @type {[number, string][]} */
const SLOTS = [[0, "add"], [1, "subtract"], [2, "multiply"], [3, "remainder"], [5, "power"], [29, "floor_divide"], [30, "divide"]];
const VALUE = 8; // bytes from the beginning of a scalar

/**
 * The operation of scalars that sets flags: where the result is not finite and its operands do not
 * explain it, the operation is done again, and reads the flags that it should have found.
 * @param {string} name @param {Map<number, string>} types address → kind @param {(...args: number[]) => number} slot
 */
function scalarWithFlags(name, types, slot) {
  const value = (/** @type {number} */ object) => {
    const kind = types.get(heap.I[object / 4 + 1]) ?? "";
    if (kind !== "int") return kind ? entry(kind, object + VALUE) : [1];
    const tag = heap.I[object / 4 + 2]; // of a PyLongObject: how many digits, and the sign
    return [tag >> 3 > 1 ? 1e10 : (1 - (tag & 3)) * heap.I[object / 4 + 3]];
  };
  const run = (/** @type {number[]} */ ...args) => {
    const before = loops;
    const result = slot(...args);
    if (loops !== before) return result; // those have told
    renew();
    const kind = result && types.get(heap.I[result / 4 + 1]);
    if (!kind || !FLOATS.includes(kind) || allFinite(kind, result + VALUE, 0, 1)) return result;
    const found = judge(name, [value(args[0]), value(args[1])], entry(kind, result + VALUE));
    if (!found) return result;
    dictate(found);
    const told = slot(...args);
    dictate(0);
    return told;
  };
  return run;
}

/**
 * Have NumPy set flags.
 * @param {any} pyodide
 * @param {[[string, number][], [string, number][], number[]]} addresses of ufuncs, by name; of types of scalars, by kind; and
 * of those among them that are Python's own, which are left alone
 */
export function install(pyodide, [ufuncs, types, own]) {
  module = pyodide._module;
  renew();
  const wrapped = new Map();
  const replace = (/** @type {number} */ place, /** @type {string} */ signature, /** @type {(original: any) => any} */ make) => {
    const original = heap.I[place / 4];
    const key = `${original} ${signature}`;
    if (!wrapped.has(key)) wrapped.set(key, module.addFunction(make(module.wasmTable.get(original)), signature));
    heap.I[place / 4] = wrapped.get(key);
    renew();
  };
  for (const [name, address] of ufuncs) {
    const word = (/** @type {number} */ index) => heap.I[address / 4 + index];
    const [nin, nargs, functions, count, kindsAt] = [word(2), word(4), word(6), word(8), word(11)];
    wrapped.clear();
    for (let loop = 0; loop < count; loop++) {
      const kinds = /** @type {Kind[]} those without flags are undefined, and are left alone */ (Array.from({ length: nargs }, (_, k) => TYPES[heap.b[kindsAt + loop * nargs + k]]));
      const floats = kinds.slice(nin).every((kind) => FLOATS.includes(kind ?? "-"));
      const integers = /^(floor_divide|remainder|fmod|divmod|reciprocal)$/.test(name) && kinds.every((kind) => "?bBhHiIlLqQ".includes(kind ?? "-"));
      if (!kinds.every(Boolean) || !(floats || integers)) continue;
      replace(functions + 4 * loop, "viiii", (original) => (name === "matmul" ? productWithFlags(kinds, original) : withFlags(name, kinds, nin, original)));
    }
  }
  const kindOf = new Map(types.map(([kind, address]) => [address, kind]));
  for (const [kind, address] of types) {
    if (kind === "int" || own.includes(address)) continue;
    const slots = FLOATS.includes(kind) ? SLOTS : SLOTS.filter(([, name]) => name === "divide"); // integers give a float
    wrapped.clear();
    const methods = heap.I[address / 4 + NUMBER_METHODS];
    for (const [slot, name] of slots) {
      if (heap.I[methods / 4 + slot]) replace(methods + 4 * slot, name === "power" ? "iiii" : "iii", (original) => scalarWithFlags(name, kindOf, original));
    }
  }
}

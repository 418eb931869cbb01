// @ts-check
/**
 * Which pages are about what a reader typed. No DOM.
 *
 * A page need not have every word: it scores by how much it is about each that it has, weighed by
 * how rare the word is, and by the share of the query that it answers. A word stands for others of
 * the same stem, the beginning of a word for the word, and one that no page has for one that is a
 * letter away.
 *
 * @typedef {[title: string, address: string, kind: string, summary: string, headings: [string, string][]]} Page
 * @typedef {{pages: Page[], words: Record<string, number[]>, ignored: string[]}} Index  as index.py writes it
 * @typedef {{title: string, address: string, pattern: string}} Message  an error that has a page
 * @typedef {{page: Page, score: number, heading: [string, string] | null}} Hit
 */

const WORD = /@|\.?[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*|\p{N}+[\p{L}_][\p{L}\p{N}_]*/gu;

/** The words of a text, as index.py finds them. @param {string} text @returns {string[]} */
export function words(text) {
  return (text.toLowerCase().match(WORD) ?? []).flatMap((name) => {
    if (!name.includes(".")) return /^\p{N}+e\p{N}*$/u.test(name) ? [] : [name];
    const parts = name.replace(/^\./, "").split(".");
    const numpys = /^(np|numpy)$/.test(parts[0]) && parts.length > 1;
    return [...parts, numpys ? ["np", ...parts.slice(1)].join(".") : `.${parts[parts.length - 1]}`];
  });
}

/** What forms of a word have in common, roughly. @param {string} word */
function stem(word) {
  if (word.length < 4 || word.includes(".")) return word;
  const short = word
    .replace(/(?<=..)(?:ices|ix|ixes)$/, "ic") // matrices, matrix
    .replace(/ies$/, "y")
    .replace(/(?<=[sxz]|[cs]h)es$|(?<=[^s])s$/, "")
    .replace(/(?<=...)(?:ing|ed|er|ly|ity|ion|al|or|ation)$/, "");
  return short.replace(/e$|(.)(?=\1$)/, ""); // scale, scaling; swapped, swap
}

/** Whether one becomes the other by one letter more, less, other or swapped. @param {string} a @param {string} b */
function near(a, b) {
  if (Math.abs(a.length - b.length) > 1 || a[0] !== b[0]) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  const [restA, restB] = [a.slice(i), b.slice(i)];
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)
    || (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2));
}

export class Ranking {
  /** @param {Index} index @param {Message[]} messages */
  constructor(index, messages = []) {
    this.index = index;
    this.messages = messages;
    this.ignored = new Set(index.ignored);
    this.known = Object.keys(index.words);
    this.stems = /** @type {Map<string, string[]>} */ (new Map());
    for (const word of this.known) {
      const key = stem(word);
      this.stems.set(key, [...(this.stems.get(key) ?? []), word]);
    }
  }

  /** The words that this one stands for, each with how surely. @param {string} word @returns {Map<string, number>} */
  meant(word) {
    const found = /** @type {Map<string, number>} */ (new Map());
    const add = (/** @type {string[]} */ words, /** @type {number} */ surely) => {
      for (const one of words) if (!found.has(one)) found.set(one, surely);
    };
    if (word in this.index.words) add([word], 1);
    add(this.stems.get(stem(word)) ?? [], 0.9);
    if (word.length > 3 && !word.includes(".")) add(this.known.filter((one) => one.startsWith(word)), 0.6);
    if (!found.size && word.length > 4) add(this.known.filter((one) => near(word, one)), 0.7);
    return found;
  }

  /** @param {string} query @returns {Hit[]} the best first */
  find(query) {
    const typed = words(query).filter((word) => !this.ignored.has(word));
    const joined = typed.slice(1).map((word, i) => typed[i] + word).filter((word) => word in this.index.words);
    const asked = [...new Set([...typed, ...joined])]; // null space, nullspace
    const { pages } = this.index;
    const scores = pages.map(() => 0);
    const answered = pages.map(() => 0);
    let all = 0;
    for (const word of asked) {
      const best = /** @type {Map<number, number>} */ (new Map());
      for (const [one, surely] of this.meant(word)) {
        const postings = this.index.words[one];
        for (let i = 0; i < postings.length; i += 2) {
          const [page, weight] = [postings[i], surely * postings[i + 1]];
          best.set(page, Math.max(weight, best.get(page) ?? 0));
        }
      }
      if (!best.size) continue;
      const rare = Math.log(1 + (pages.length - best.size + 0.5) / (best.size + 0.5));
      if (!joined.includes(word)) all += rare;
      for (const [page, weight] of best) {
        scores[page] += rare * weight;
        if (!joined.includes(word)) answered[page] += rare;
      }
    }
    const stems = new Set(asked.map(stem));
    const raised = this.raised(query);
    return pages
      .map((page, i) => {
        const named = words(page[0]).filter((word) => !this.ignored.has(word));
        const share = named.filter((word) => stems.has(stem(word))).length / Math.max(1, named.length);
        const score = (scores[i] * (answered[i] / (all || 1))) * (1 + share / 2);
        const place = raised.indexOf(page[1]);
        return { page, score: place < 0 ? score : 1e6 - place, heading: this.heading(page, stems) };
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
  }

  /** The addresses of the errors whose message this is, the one with the longest message first. @param {string} query */
  raised(query) {
    return this.messages
      .map(({ pattern, address }) => ({ address, length: new RegExp(pattern, "i").exec(query)?.[0].length ?? 0 }))
      .filter(({ length }) => length > 0)
      .sort((a, b) => b.length - a.length)
      .map(({ address }) => address);
  }

  /** The section that has most of the words in its heading. @param {Page} page @param {Set<string>} stems */
  heading([title, , , , headings], stems) {
    const named = new Set(words(title).map(stem));
    const counts = headings.map(([, text]) =>
      new Set(words(text).map(stem).filter((word) => stems.has(word) && !named.has(word))).size);
    const most = Math.max(0, ...counts);
    return most ? headings[counts.indexOf(most)] : null;
  }
}

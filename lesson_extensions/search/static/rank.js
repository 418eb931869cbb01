// @ts-check
/**
 * Which pages are about what a reader typed. No DOM.
 *
 * A page need not have every word: it scores by how much it is about each that it has, weighed by
 * how rare the word is, and by the share of the query that it answers. A word stands for others of
 * the same stem, the beginning of a word for the word, and one that no page has for one that is a
 * letter away. What a page is called counts once more: the nearer the query is to one of its names,
 * the more.
 *
 * @typedef {[title: string, address: string, kind: number, summary: string, names: string[]]} Page
 * @typedef {object} Index  as index.py writes it
 * @property {Page[]} pages @property {Record<string, string>} words @property {string[]} ignored
 * @property {string[][]} synonyms @property {string[]} kinds
 * @property {[kind: number, pattern: string][]} intents
 * @property {[address: string, pattern: string][]} messages  of the errors that have a page
 * @typedef {Map<string, number>} Meant  words, each with how surely it is meant
 * @typedef {{page: Page, score: number, isRaised: boolean}} Hit  raised: it is the page of a message in the query
 */

const LEFT_OVER = String.raw`\p{N}+\.\p{N}*?(?:0{6}|9{6})\p{N}+|(?:\p{N}+\.?\p{N}*)?e-1[4-9](?!\p{N})`; // by rounding
const NAME = String.raw`\.?[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*`;
const WORD = new RegExp(String.raw`(?<![\p{L}\p{N}_.])(${LEFT_OVER})|(@|${NAME}|\p{N}+[\p{L}_][\p{L}\p{N}_]*)`, "gu");
const SHORT = /(?<=\p{L})['’](?:t|s|re|ve|ll|d|m)(?![\p{L}\p{N}_])/gu; // don't, what's
const CALL = /^\s*([\p{L}_][\p{L}\p{N}_.]*)\(.*\)\s*$/su;
const SHARES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"; // as index.py writes them
const LIBRARY = new Set(["numpy", "np", "linalg", "python"]); // say little of what is asked of them
const WANTED = 1.25; // and one of the kind that was asked for
const BETTER = 1.25; // so much more a quotation has to say
const QUOTED = 300; // letters
const NAMED = 4; // how much more a page counts that is called what was typed

/** The words of a text, as index.py finds them. @param {string} text @returns {string[]} */
export function words(text) {
  return [...text.toLowerCase().replace(SHORT, "").matchAll(WORD)].flatMap(([, left, name]) => {
    if (left) return left.includes("e") ? ["≈0"] : ["≈0", left];
    if (!name.includes(".")) return /^\p{N}+e\p{N}*$/u.test(name) ? [] : [name];
    const parts = name.replace(/^\./, "").split(".");
    const numpys = /^(np|numpy)$/.test(parts[0]) && parts.length > 1;
    return [...parts, numpys ? ["np", ...parts.slice(1)].join(".") : `.${parts[parts.length - 1]}`];
  });
}

/** What forms of a word have in common, roughly. @param {string} word */
export function stem(word) {
  if (word.length < 4 || word.includes(".")) return word;
  const short = word
    .replace(/(?<=..)(?:ices|ix|ixes)$/, "ic") // matrices, matrix
    .replace(/ies$/, "y")
    .replace(/(?<=[sxz]|[cs]h)es$|(?<=[^s])s$/, "")
    .replace(/(?<=...)(?:[ae]nc[ey]|[ae]nt|ing|ed|er|ly|ity|ion|al|or|ation)$/, "");
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
  /** @param {Index} index */
  constructor(index) {
    this.index = index;
    this.seeking = { query: "", stems: /** @type {Meant} */ (new Map()) }; // the last
    this.ignored = new Set(index.ignored);
    this.read = /** @type {Map<string, number[][]>} */ (new Map());
    this.known = Object.keys(index.words);
    this.stems = /** @type {Map<string, string[]>} */ (new Map());
    for (const word of this.known) {
      const key = stem(word);
      this.stems.set(key, [...(this.stems.get(key) ?? []), word]);
    }
    this.synonyms = /** @type {Map<string, string[]>} */ (new Map());
    for (const group of index.synonyms) for (const word of group) {
      this.synonyms.set(stem(word), [...(this.synonyms.get(stem(word)) ?? []), ...group.map(stem)]);
    }
    this.messages = index.messages.map(([address, pattern]) => ({ // it may stand among other words
      address, pattern: new RegExp(pattern.replace(/^\^|\$$/g, ""), "i"),
    }));
    this.intents = /** @type {RegExp[]} */ ([]);
    for (const [kind, pattern] of index.intents) this.intents[kind] = new RegExp(pattern, "i");
    this.names = index.pages.map(([title, , , , names]) => [title, ...names].map((name) => this.asked(name)));
  }

  /** The words of a text that say what it is about; of a dotted name, the last. @param {string} text */
  asked(text) {
    const said = words(text.replace(/[\p{L}_][\p{L}\p{N}_]*\.(?=[\p{L}_])/gu, " ")).filter((word) => !this.ignored.has(word));
    const telling = said.filter((word) => !LIBRARY.has(word));
    return [...new Set(telling.length ? telling : said)];
  }

  /** The words that this one stands for. @param {string} word @returns {Meant} */
  meant(word) {
    const found = /** @type {Meant} */ (new Map());
    const add = (/** @type {string[]} */ words, /** @type {number} */ surely) => {
      for (const one of words) if (!found.has(one)) found.set(one, surely);
    };
    if (Object.hasOwn(this.index.words, word)) add([word], 1);
    add(this.stems.get(stem(word)) ?? [], 0.9);
    if (word.length > 3 && !word.includes(".")) add(this.known.filter((one) => one.startsWith(word)), 0.6);
    if (!found.size && word.length > 4) add(this.known.filter((one) => near(word, one)).flatMap((one) => this.stems.get(stem(one)) ?? []), 0.8);
    for (const other of this.synonyms.get(stem(word)) ?? []) add(this.stems.get(other) ?? [], 0.6);
    return found;
  }

  /** The pages that a word is on, and how much each is about it. @param {string} word */
  postings(word) {
    let pages = this.read.get(word);
    if (!pages) {
      let page = -1;
      const written = Object.hasOwn(this.index.words, word) ? this.index.words[word] : "";
      pages = [...written.matchAll(/(\d*)(\D)/g)].map(([, step, letter]) => [page += Number(step || 1), SHARES.indexOf(letter) + 1]);
      this.read.set(word, pages);
    }
    return pages;
  }

  /** How rare a word is that so many pages have. @param {number} count */
  rare(count) {
    return Math.log(1 + (this.index.pages.length - count + 0.5) / (count + 0.5));
  }

  /** @param {string} query @returns {Hit[]} the best first */
  find(query) {
    const typed = words(query).filter((word) => !this.ignored.has(word));
    const joined = typed.slice(1).map((word, i) => typed[i] + word).filter((word) => Object.hasOwn(this.index.words, word));
    const asked = [...new Set([...typed, ...joined])]; // null space, nullspace
    const { pages } = this.index;
    const scores = pages.map(() => 0);
    const answered = pages.map(() => 0);
    let all = 0;
    for (const word of asked) {
      const best = /** @type {Map<number, number>} */ (new Map());
      for (const [one, surely] of this.meant(word)) {
        for (const [page, weight] of this.postings(one)) best.set(page, Math.max(surely * weight, best.get(page) ?? 0));
      }
      if (!best.size) continue;
      const rare = this.rare(best.size);
      if (!joined.includes(word)) all += rare;
      for (const [page, weight] of best) {
        scores[page] += rare * weight;
        if (!joined.includes(word)) answered[page] += rare;
      }
    }
    const called = this.called(query);
    const raised = this.raised(query);
    return pages
      .map((page, i) => {
        const wanted = this.intents[page[2]]?.test(query.trim()) ? WANTED : 1;
        const score = (scores[i] * (answered[i] / (all || 1))) * (1 + NAMED * called[i]) * wanted;
        const place = raised.indexOf(page[1]);
        return { page, score: place < 0 ? score : 1e6 - place, isRaised: place >= 0 };
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
  }

  /** What a query asks for: stems, each with how rare and how sure it is. @param {string} query @returns {Meant} */
  sought(query) {
    const known = this.seeking;
    if (known.query === query) return known.stems;
    const stems = /** @type {Meant} */ (new Map());
    const parts = words(query).filter((word) => !this.ignored.has(word));
    const telling = parts.filter((word) => !LIBRARY.has(word) && !/^np\./.test(word));
    for (const word of telling.length ? telling : parts) {
      for (const [one, surely] of this.meant(word)) {
        const key = stem(one);
        stems.set(key, Math.max(surely * this.rare(this.postings(one).length), stems.get(key) ?? 0));
      }
    }
    this.seeking = { query, stems };
    return stems;
  }

  /** A text in parts, of which every other is a word that was sought. @param {string} query @param {string} text @returns {[string, boolean][]} */
  marked(query, text) {
    const sought = this.sought(query);
    return text.split(/(@|[\p{L}\p{N}_]+)/u).map((part, i) => [part, i % 2 === 1 && sought.has(stem(part.toLowerCase()))]);
  }

  /**
   * The sentence of a page that says most of what was asked, with what follows it; none where what
   * is said of the page says nearly as much.
   * @param {string} query @param {[anchor: string, heading: string, text: string][]} sections
   * @param {string} said  its title and its summary
   */
  quote(query, sections, said = "") {
    const sought = this.sought(query);
    const worth = (/** @type {string} */ text) =>
      [...new Set(words(text).map(stem))].reduce((sum, one) => sum + (sought.get(one) ?? 0), 0);
    let [best, found] = [BETTER * worth(said), /** @type {{anchor: string, heading: string, text: string} | null} */ (null)];
    for (const [anchor, heading, text] of sections) {
      const headed = worth(heading) / 2;
      for (const { index, 0: sentence } of text.matchAll(/\S.*?(?:[.?!:](?=\s)|$)/g)) {
        const own = worth(sentence);
        if (own && own + headed > best) {
          const first = this.marked(query, sentence).findIndex(([, isMeant]) => isMeant);
          const before = sentence.split(/(@|[\p{L}\p{N}_]+)/u).slice(0, first).join("").length;
          const late = before > 80 ? sentence.lastIndexOf(" ", before - 40) + 1 : 0;
          best = own + headed;
          found = { anchor, heading, text: (late ? "… " : "") + text.slice(index + late, index + late + QUOTED) };
        }
      }
    }
    return found;
  }

  /** How near each page's nearest name is to the query, from 0 to 1. @param {string} query */
  called(query) {
    const typed = this.asked(CALL.exec(query)?.[1] ?? query).map((word) => {
      const meant = this.meant(word);
      const pages = [...meant].filter(([, surely]) => surely >= 0.8).map(([one]) => this.postings(one).length);
      return { word, meant, rare: this.rare(Math.max(0, ...pages)) };
    });
    const total = typed.reduce((sum, { rare }) => sum + rare, 0);
    return this.names.map((names) => Math.max(...names.map((name, place) => {
      let [both, named] = [0, 0];
      const left = new Set(typed);
      for (const part of name) {
        const found = [...left].find(({ meant, word }) => word === part || meant.has(part));
        if (found) {
          left.delete(found);
          const surely = found.word === part ? 1 : found.meant.get(part) ?? 0;
          both += found.rare * surely;
          named += found.rare;
        } else {
          named += this.rare(this.postings(part).length);
        }
      }
      const share = both ? (2 * both) / (total + named) : 0;
      return share ** 2 * (place ? 0.8 : 1);
    })));
  }

  /** The addresses of the errors whose message this is, the one with the longest message first. @param {string} query */
  raised(query) {
    return this.messages
      .map(({ pattern, address }) => ({ address, length: pattern.exec(query)?.[0].length ?? 0 }))
      .filter(({ length }) => length > 0)
      .sort((a, b) => b.length - a.length)
      .map(({ address }) => address);
  }
}

// @ts-check
/** A sentence with elements in it: each language has them in an order of its own. */

/** @param {string} text with names in braces @param {Record<string, Node>} nodes what stands in their places */
export const sentence = (text, nodes) => text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? nodes[part] : part));

// @ts-check
/**
 * How all scripts make elements, and how they ask the page's Python.
 *
 * @typedef {object} Request  of a function in a module that the site serves to Python
 * @property {string} module @property {string} function @property {unknown[]} args
 * @property {string} name  what the reader is told that runs
 * @property {(answer: Answer) => void} done  called once
 *
 * @typedef {"" | "stopped" | "not loaded" | "broken"} Cause  why something ended before it was done
 *
 * @typedef {object} Answer
 * @property {any} value  what the function returned; null if there is a cause
 * @property {string} printed
 * @property {Cause | "error"} cause
 * @property {string} error  what Python says, where the cause is that
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, unknown>} properties @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * A button; where it has a name beside its text, the name holds the text, for those who speak it.
 * @param {string} text @param {() => unknown} onclick @param {Record<string, unknown>} properties
 */
export const button = (text, onclick, { className = "", ...properties } = {}) =>
  make("button", { type: "button", onclick, className: `la-button ${className}`.trim(), ...properties }, text);

/** Have live.js call a function in the page's Python. @param {Request} request */
export const call = (request) => document.dispatchEvent(new CustomEvent("la-call", { detail: request }));

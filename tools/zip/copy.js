// @ts-check
/**
 * In the zip of the site, before all other scripts of a page. Opened from a folder, a page may load
 * plain scripts, and no modules, no data and no worker: each of these has a twin that is a script,
 * and live cells say what they need.
 */
{
  const here = /** @type {any} */ (self);
  const main = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const root = new URL("..", main).href;
  const twins = /** @type {Record<string, string>} */ (here.laTwins = {});

  /** @param {string} src @returns {Promise<void>} */
  const load = (src) => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src, onload: () => resolve() });
    script.onerror = () => reject(new TypeError(`${src} is not in this copy`));
    document.head.append(script);
  });

  /** @param {URL | string} address */
  async function fetchTwin(address) {
    const { href } = new URL(address, document.baseURI);
    await load(`${href}.js`);
    return new Response(twins[decodeURI(href.slice(root.length))]);
  }

  /** @param {string} name @param {string} base */
  async function importPlain(name, base) {
    await load(new URL(name.replace("./", "./plain."), base).href);
    return here.laModules[name.replace("./", "")];
  }

  /** @param {HTMLElement} text that a server would let run @param {number} index of all of the page */
  function offer(text, index) {
    const isCell = text.dataset.laKind === "cell";
    const pre = /** @type {HTMLElement} */ (text.querySelector(isCell ? ".cell_input pre" : "pre"));
    const status = Object.assign(document.createElement("p"), { className: "la-live__reason" });
    status.setAttribute("role", "status");
    const code = (/** @type {string} */ said) => Object.assign(document.createElement("code"), { textContent: said });
    const page = location.href.slice(root.length).replace(/[?#].*/, "");
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "la-live__run",
      textContent: "Run",
      ariaLabel: `Run ${isCell ? "cell" : "example"} ${index + 1}`,
      onclick: () => status.replaceChildren(
        "Python in a page needs a server, and this page is open from a folder. In the folder of this copy, run ",
        code("python -m http.server --bind 127.0.0.1 8000"),
        " and open ",
        code(`http://127.0.0.1:8000/${page}`),
      ),
    });
    const tools = Object.assign(document.createElement("div"), { className: "la-live__tools" });
    tools.append(button, status);
    (isCell ? pre.closest(".cell > *") : pre)?.after(tools);
  }

  const isFolder = location.protocol === "file:";
  here.laImport = isFolder ? importPlain : (/** @type {string} */ name, /** @type {string} */ base) => import(new URL(name, base).href);
  if (isFolder) {
    here.fetch = fetchTwin;
    document.addEventListener("DOMContentLoaded", () => {
      for (const [index, text] of /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".la-live")]).entries()) {
        if (text.dataset.laRuns === "yes") offer(text, index);
      }
    });
  }
}

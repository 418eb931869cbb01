// @ts-check
/**
 * Python for one page: this worker loads the runtime, keeps it for the next page, and runs texts.
 *
 * The page sends {type: "load", address} once, then any number of {type: "run", …} and
 * {type: "call", …}, each after the last is idle. The worker sends progress, ready and kept while it
 * loads; plan, fetching, fetched, begin, output, note, end and idle while it runs; answer and idle to a
 * call; and broken, during load or run, if it cannot go on.
 * To stop it, the page terminates it: the hosts we serve from cannot set the headers that an
 * interrupt would need.
 */

import { dictate, hook, install } from "./flags.js";

/** What NumPy and the console import: it is kept in the snapshot. */
const IMPORTS = "import ast, base64, ctypes, datetime, linecache, numbers, pickle, platform, traceback";

/** Where packages lie: the manifest knows Python's version. */
const folder = () => `/lib/python${manifest.lock.info.python.replace(/[.]\d+$/, "")}/site-packages/`;
const compiled = () => `import glob; glob.glob("${folder()}**/*.pyc", recursive=True)`;

const network = self.fetch.bind(self);

/**
 * @type {{files: Record<string, {bytes: number, sha256: string, first: boolean}>,
 *   lock: {info: {python: string}, packages: Record<string, {file_name: string, depends: string[]}>}}}
 */
let manifest;
let address = "";
/** @type {Cache | null} */
let store = null;
/** @type {any} */
let python;
/** @type {any} */
let page; // the Python module page.py: what this worker asks Python

let loading = true; // what it cannot go on without
let loaded = 0; // bytes
let total = 0; // bytes
/** @type {Promise<void>[]} */
const keeping = []; // promises: what is being written to the cache

const send = (/** @type {string} */ type, content = {}) => self.postMessage({ type, ...content });

/** @param {BufferSource} data */
async function sha256(data) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The cache of this version of the runtime, or null where the browser keeps nothing. */
async function openStore() {
  try {
    return await caches.open(`la-runtime ${address}`);
  } catch {
    return null;
  }
}

/** Keep a response; what cannot be kept (a full disk, a private window) is fetched again next time. @param {string} url @param {Response} response */
function keep(url, response) {
  if (store) keeping.push(store.put(url, response).catch(() => {}));
}

/** @param {number} bytes */
function count(bytes) {
  loaded += bytes;
  send("progress", { loaded, total });
}

const counter = () =>
  new TransformStream({
    transform(chunk, out) {
      count(chunk.byteLength);
      out.enqueue(chunk);
    },
  });

/**
 * A file of the runtime, as a stream that can be used while it arrives, and a promise that it was
 * whole: from the cache if it is there and undamaged, else from our site.
 * @param {string} name
 * @returns {Promise<{body: ReadableStream, whole: Promise<void>}>}
 */
async function open(name) {
  const url = new URL(name, address).href;
  const wanted = manifest.files[name];
  const hit = await store?.match(url);
  if (hit) {
    const data = await hit.arrayBuffer();
    if ((await sha256(data)) === wanted.sha256) {
      count(wanted.bytes);
      return { body: /** @type {ReadableStream} */ (new Response(data).body), whole: Promise.resolve() };
    }
    await store?.delete(url); // damaged: fetch it anew
  }
  const response = await network(url, { cache: hit ? "reload" : "default" });
  if (!response.ok || !response.body) throw new Error(`${name}: ${response.status}`);
  const [body, copy] = response.body.pipeThrough(counter()).tee();
  const whole = new Response(copy).arrayBuffer().then(async (data) => {
    if ((await sha256(data)) !== wanted.sha256) throw new Error(`${name} arrived damaged`);
    keep(url, new Response(data));
  });
  whole.catch(giveUp);
  return { body, whole };
}

/** @type {Promise<void>[]} */
const checks = [];

/** @type {(reason: Error) => void} */
let giveUp;
/** Rejected when a file did not arrive whole: Pyodide would wait for its WebAssembly for ever. */
const gaveUp = new Promise((_, reject) => (giveUp = reject));
gaveUp.catch(() => {});

/** A file as Pyodide's fetch wants it. @param {string} name */
async function answer(name) {
  const unpacked = `${name}.z` in manifest.files;
  const { body, whole } = await open(unpacked ? `${name}.z` : name);
  checks.push(whole);
  return unpacked
    ? new Response(body.pipeThrough(new DecompressionStream("gzip")), {
        headers: { "Content-Type": name.endsWith(".wasm") ? "application/wasm" : "" },
      })
    : new Response(body);
}

/** @type {Map<string, Promise<Response>>} */
const ahead = new Map();

/** Pyodide's requests are answered here: each file once, from the cache or from our own site. */
self.fetch = (request, options) => {
  const url = new URL(request instanceof Request ? request.url : request, address).href;
  const name = url.startsWith(address) ? url.slice(address.length) : "";
  if (name === "pyodide-lock.json") return Promise.resolve(Response.json(manifest.lock));
  if (!(name in manifest.files) && !(`${name}.z` in manifest.files)) return network(request, options);
  const early = ahead.get(name);
  ahead.delete(name);
  return early ?? answer(name);
};

/**
 * What an earlier visit made and kept, or null: "snapshot", the memory of a Python that has just
 * started, and "compiled", NumPy's modules as Python compiled them.
 * @param {string} name
 */
async function readMade(name) {
  const hit = await store?.match(`${address}${name}`);
  if (!hit) return null;
  const data = new Uint8Array(await hit.arrayBuffer());
  return (await sha256(data)) === hit.headers.get("X-SHA256") ? data : null;
}

/** @param {string} name @param {Uint8Array<ArrayBuffer>} data */
async function keepMade(name, data) {
  keep(`${address}${name}`, new Response(data, { headers: { "X-SHA256": await sha256(data) } }));
}

async function startPython() {
  total = Object.values(manifest.files).reduce((sum, { first, bytes }) => sum + (first ? bytes : 0), 0);
  const made = [readMade("snapshot"), readMade("compiled")];
  const numpy = answer("numpy.tar").then(bytes);
  numpy.catch(giveUp);
  for (const name of ["pyodide.asm.wasm", "python_stdlib.zip", "console.zip"]) {
    const early = answer(name);
    early.catch(giveUp);
    ahead.set(name, early);
  }
  await Promise.all(SCRIPTS.map(dropDamaged));
  const [{ loadPyodide }, snapshot] = await Promise.all([
    import(`${address}pyodide.mjs`),
    made[0],
    import(`${address}pyodide.asm.js`), // sets what loadPyodide looks for
  ]);
  for (const script of SCRIPTS) count(manifest.files[script].bytes);
  const options = { indexURL: address, env: { HOME: "/home/pyodide", MPLBACKEND: "module://inline" } };
  python = await loadPyodide(
    snapshot ? { ...options, _loadSnapshot: snapshot } : { ...options, _makeSnapshot: store !== null },
  );
  if (!snapshot) {
    python.runPython(IMPORTS);
    if (store) keeping.push(keepMade("snapshot", python.makeMemorySnapshot()));
  }
  untar(await numpy, folder());
  const kept = await made[1];
  if (kept) untar(kept, folder());
  python.runPython(`import sys; sys.dont_write_bytecode = ${kept || !store ? "True" : "False"}`);
  python.FS.writeFile("/console.zip", await bytes(await self.fetch(`${address}console.zip`)));
  python.runPython(`import sys; sys.path.insert(0, "/console.zip")`);
  await Promise.all(checks); // nothing of the reader's runs on a damaged file
}

/** @param {Response} response */
const bytes = async (response) => new Uint8Array(await response.arrayBuffer());

/**
 * Unpack a tar of files into a folder of Python's file system.
 * @param {Uint8Array} tar @param {string} folder
 */
function untar(tar, folder) {
  const text = (/** @type {number} */ from, /** @type {number} */ length) => new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*/s, "");
  const made = new Set();
  for (let at = 0; tar[at]; ) {
    const path = folder + text(at, 100); // a USTAR header: name at 0, size in octal at 124
    const size = parseInt(text(at + 124, 12), 8);
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) python.FS.mkdirTree(parent);
    made.add(parent);
    python.FS.writeFile(path, tar.subarray(at + 512, at + 512 + size), { canOwn: true });
    python.FS.utime(path, 0, 0); // what was compiled from it names its time
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

/** Keep what Python compiled of NumPy, as a tar that untar can read, for the next visit. */
function keepCompiled() {
  if (python.runPython("import sys; sys.dont_write_bytecode")) return;
  const parts = [];
  for (const path of python.runPython(compiled()).toJs()) {
    const data = python.FS.readFile(path);
    const header = new Uint8Array(512);
    new TextEncoder().encodeInto(path.slice(folder().length), header);
    new TextEncoder().encodeInto(data.length.toString(8), header.subarray(124));
    parts.push(header, data, new Uint8Array(-data.length & 511));
  }
  python.runPython("sys.dont_write_bytecode = True");
  const tar = new Blob([...parts, new Uint8Array(512)]);
  keeping.push(tar.arrayBuffer().then((data) => keepMade("compiled", new Uint8Array(data))));
}

/** @param {string} name */
async function loadPackage(name) {
  let failure = "";
  await python.loadPackage(name, {
    messageCallback() {},
    errorCallback: (/** @type {string} */ text) => (failure ||= text),
  });
  if (failure) throw new Error(failure);
}

const SCRIPTS = ["pyodide.mjs", "pyodide.asm.js"];

/** Scripts are loaded by import, which hands us no bytes: look at what was kept beforehand. @param {string} name */
async function dropDamaged(name) {
  const url = `${address}${name}`;
  const hit = await store?.match(url);
  if (hit && (await sha256(await hit.arrayBuffer())) !== manifest.files[name].sha256) await store?.delete(url);
}

/** Keep the scripts, from the browser's own cache, and drop what an older runtime kept. */
async function keepScripts() {
  if (!store) return;
  for (const name of [...SCRIPTS, "manifest.json"]) {
    const url = `${address}${name}`;
    if (!(await store.match(url))) keep(url, await network(url, { cache: "force-cache" }));
  }
  for (const name of await caches.keys()) {
    if (name.startsWith("la-runtime ") && name !== `la-runtime ${address}`) await caches.delete(name);
  }
}

/** @type {Promise<void> | null} */
let started = null;

/** The manifest, which the name of its folder vouches for, and which vouches for all else. */
async function readManifest() {
  const url = `${address}manifest.json`;
  const right = /([0-9a-f]+)[/]$/.exec(address)?.[1] ?? "";
  for (let tries = 0; tries < 2; tries++) {
    const text = await ((await store?.match(url)) ?? (await network(url))).text();
    if ((await sha256(new TextEncoder().encode(text))).startsWith(right)) return text;
    await store?.delete(url); // damaged: the second try asks our site
  }
  throw new Error("manifest.json arrived damaged");
}

/** @param {boolean} corrections */
async function start(corrections) {
  store = await openStore();
  manifest = JSON.parse(await readManifest());
  await startPython();
  hook();
  page = python.pyimport("page");
  page.begin((/** @type {number} */ index, /** @type {string} */ kind, /** @type {string} */ text) => send(kind === "note" ? "note" : "output", { index, kind, text }), corrections);
  if (corrections) install(python, page.flagged(dictate).toJs());
}

/** @type {Record<string, (message: any) => Promise<void>>} */
const handlers = {
  /** @param {{address: string, corrections?: boolean}} message */
  async load(message) {
    address = message.address;
    started = Promise.race([start(message.corrections ?? true), gaveUp]);
    await started;
    loading = false;
    send("ready");
    keepCompiled();
    await keepScripts();
    for (const kept of keeping) await kept; // one may bring another
    send("kept");
  },

  /**
   * Run the text at `target`, after those above it that it needs and that did not run since.
   * A session goes on after an error, as a prompt does; a cell that fails ends the run.
   * @param {{texts: {kind: string, code: string}[], target: number, fresh?: boolean}} message
   */
  async run(message) {
    await started;
    const texts = python.toPy(message.texts.map(({ kind, code }) => [kind, code]));
    if (message.fresh) page.reset();
    const order = page.order(texts, message.target).toJs();
    send("plan", { target: message.target, order: Array.from(order) });
    for (const name of page.packages(texts, order).toJs()) await fetchPackage(name);
    for (const index of order) {
      send("begin", { index });
      let [error, wanted] = page.run(texts, index).toJs();
      if (wanted) {
        await fetchPackage(wanted);
        send("begin", { index });
        [error] = page.run(texts, index).toJs();
      }
      send("end", { index, error });
      if (error && index !== message.target && message.texts[index].kind === "cell") break;
    }
    texts.destroy();
    send("idle");
  },

  /**
   * Call a function of a module that the site serves; what it returns is JSON.
   * @param {{module: string, function: string, args: unknown[]}} message
   */
  async call(message) {
    await started;
    const call = () => JSON.parse(page.call(message.module, message.function, JSON.stringify(message.args)));
    let { lacks, ...answer } = call();
    if (lacks) {
      await fetchPackage(lacks);
      ({ lacks, ...answer } = call());
    }
    send("answer", answer);
    send("idle");
  },
};

/** @type {Set<string>} */
const packages = new Set();

/** @param {string} name */
async function fetchPackage(name) {
  if (packages.has(name)) return;
  const lock = manifest.lock.packages;
  const files = [name, ...lock[name].depends].map((part) => lock[part].file_name);
  loading = true;
  loaded = 0;
  total = files.reduce((sum, file) => sum + (manifest.files[file].first ? 0 : manifest.files[file].bytes), 0);
  send("fetching", { name, total });
  await Promise.race([loadPackage(name), gaveUp]);
  await Promise.all(checks);
  page.loaded();
  packages.add(name);
  loading = false;
  send("fetched", { name });
}

self.onmessage = async ({ data }) => {
  try {
    await handlers[data.type](data);
  } catch (error) {
    send("broken", { during: loading ? "load" : "run", reason: error instanceof Error ? error.message : String(error) });
  }
};

// @ts-check
/**
 * What the browser keeps of the site for times without a network: contents, each under its hash, and
 * lists that say which contents are a build. So a page gets what it was built with or nothing, and
 * what two builds have in common is kept once. The page and the service worker both use this.
 *
 * @typedef {{build: string, bytes: number, wire: number, files: Record<string, [hash: string, bytes: number]>}} List
 * as the file offline.json has it
 */

export const RUNTIME = /^_static\/runtime\/[^/]+\//; // kept by its address: the worker that runs it looks there
const AT_ONCE = 6; // files

/** As offline.json has it. @param {BufferSource} data */
async function hashOf(data) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Kept {
  /** @param {string} root the address of the site, with a slash at its end */
  constructor(root) {
    this.root = root;
    this.name = `la-site ${root}`; // other sites may share the origin
  }

  store() {
    return caches.open(this.name);
  }

  /** A name in the store. @param {string} kind @param {string} id */
  key(kind, id = "") {
    return new URL(`?${kind}=${encodeURIComponent(id)}`, this.root).href;
  }

  /** Where a file of this address stands in lists, or "" if it is none of the site's. @param {string} url */
  path(url) {
    const { origin, pathname } = new URL(url);
    if (!`${origin}${pathname}`.startsWith(this.root)) return "";
    const path = decodeURI(`${origin}${pathname}`.slice(this.root.length));
    return path === "" || path.endsWith("/") ? `${path}index.html` : path;
  }

  /** What the site is now; throws without a network, and null if it has no list. @returns {Promise<List | null>} */
  async newest() {
    const response = await fetch(`${this.root}offline.json`, { cache: "no-cache" });
    return response.ok ? response.json().catch(() => null) : null;
  }

  /** @param {string} id @returns {Promise<List | null>} */
  async list(id) {
    return (await (await this.store()).match(this.key("build", id)))?.json() ?? null;
  }

  /** @param {List} list */
  async keepList(list) {
    const store = await this.store();
    const key = this.key("build", list.build);
    const isNew = !(await store.match(key));
    if (isNew) await store.put(key, Response.json(list));
    return isNew;
  }

  /** The build that is kept from its first to its last file. */
  async whole() {
    const id = await (await this.store()).match(this.key("whole"));
    return id ? this.list(await id.text()) : null;
  }

  /** @param {List} list */
  async setWhole(list) {
    await this.keepList(list);
    await (await this.store()).put(this.key("whole"), new Response(list.build));
  }

  /** A file of a build, if it is kept. @param {List} list @param {string} path */
  async file(list, path) {
    const [hash] = list.files[path] ?? [];
    return hash ? (await this.store()).match(this.key("kept", hash)) : undefined;
  }

  /** Keep what is a file of the build; else false. @param {List} list @param {string} path @param {Response} response */
  async keep(list, path, response) {
    const data = await response.clone().arrayBuffer();
    const [hash] = list.files[path] ?? [];
    if (hash !== (await hashOf(data))) return false;
    if (!RUNTIME.test(path)) await this.put(this.key("kept", hash), data, response);
    return true;
  }

  /** @param {string} key @param {BufferSource} data @param {Response} response */
  async put(key, data, response) {
    const type = response.headers.get("Content-Type");
    const policy = response.headers.get("Content-Security-Policy"); // what a host sets binds a kept page too
    const headers = { ...(type && { "Content-Type": type }), ...(policy && { "Content-Security-Policy": policy }) };
    await (await this.store()).put(key, new Response(data, { headers }));
  }

  /**
   * Keep all of a build, aside; only when all is there is it what a reader gets. Throws where a file
   * is not to be had, no longer that of the build, or refused by the browser.
   * @param {List} list @param {(bytes: number) => void} count @param {AbortSignal} [signal]
   */
  async keepWhole(list, count, signal) {
    const store = await this.store();
    const have = new Set((await store.keys()).map(({ url }) => url));
    const added = /** @type {string[]} */ ([]);
    const left = Object.entries(list.files);
    const load = async (/** @type {string} */ path, /** @type {string} */ hash) => {
      signal?.throwIfAborted();
      const folder = RUNTIME.exec(path)?.[0];
      const url = this.root + encodeURI(path);
      const key = folder ? url : this.key("kept", hash);
      const place = folder ? await caches.open(`la-runtime ${this.root}${folder}`) : store;
      if (folder ? await place.match(key) : have.has(key)) return;
      // asks the host, past the service worker, which would answer as of the build of this page
      const response = await fetch(url, { cache: "no-cache", signal });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      const data = await response.clone().arrayBuffer();
      if ((await hashOf(data)) !== hash) throw new Error(`${path} is of another version`);
      if (folder) await place.put(url, new Response(data, { headers: response.headers }));
      else await this.put(key, data, response);
      if (!folder) added.push(key);
    };
    const loader = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const [path, [hash, bytes]] = next;
        await load(path, hash);
        count(bytes);
      }
    };
    try {
      const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => loader().catch((error) => {
        left.length = 0; // the others need not go on, and what they add until they end is counted
        throw error;
      })));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      await this.setWhole(list);
    } catch (error) {
      await Promise.all(added.map((key) => store.delete(key)));
      throw error;
    }
  }

  /** A page was read: without a network it is what it was then. @param {List} list @param {string} path */
  async noteRead({ build }, path) {
    await (await this.store()).put(this.key("read", path), new Response(build));
  }

  /** The build of which a page was read last. @param {string} path */
  async readOf(path) {
    const id = await (await this.store()).match(this.key("read", path));
    return id ? this.list(await id.text()) : null;
  }

  /** Keep no more than the whole, or what was read, and what is in use. @param {Set<string>} inUse builds */
  async prune(inUse) {
    const store = await this.store();
    const whole = await this.whole();
    const have = (await store.keys()).map(({ url }) => url);
    const read = whole ? [] : have.filter((key) => key.startsWith(this.key("read")));
    const builds = await Promise.all(read.map(async (key) => /** @type {Response} */ (await store.match(key)).text()));
    const keys = new Set([this.key("whole"), this.key("clients"), ...read]);
    const folders = new Set();
    for (const build of new Set([...inUse, ...builds, ...(whole ? [whole.build] : [])])) {
      keys.add(this.key("build", build));
      for (const [path, [hash]] of Object.entries((await this.list(build))?.files ?? {})) {
        keys.add(this.key("kept", hash));
        const folder = RUNTIME.exec(path)?.[0];
        if (folder) folders.add(`la-runtime ${this.root}${folder}`);
      }
    }
    await Promise.all(have.filter((key) => !keys.has(key)).map((key) => store.delete(key)));
    for (const name of folders.size ? await caches.keys() : []) {
      if (name.startsWith(`la-runtime ${this.root}`) && !folders.has(name)) await caches.delete(name);
    }
  }

  /** Forget all of the site but what the reader typed and passed, which is not kept here. */
  async remove() {
    const own = (/** @type {string} */ name) => name === this.name || name.startsWith(`la-runtime ${this.root}`);
    await Promise.all((await caches.keys()).filter(own).map((name) => caches.delete(name)));
  }

  /** Have the service worker answer for what is kept; throws where there can be none. */
  async register() {
    await navigator.serviceWorker.register(`${this.root}offline.js`, { scope: new URL(this.root).pathname });
    return (await navigator.serviceWorker.ready).active;
  }
}

// @ts-check
/**
 * The service worker: keeps the pages that were read, so that they open without a network, and gives
 * each page what it was built with. It is registered when a reader first runs something or asks for
 * the whole site, never before.
 */

import { Kept, RUNTIME } from "./kept.js";

/** @typedef {import("./kept.js").List} List */

const scope = /** @type {any} */ (self);
const kept = new Kept(scope.registration?.scope ?? "");
const LATEST = 60_000; // milliseconds in which a page that is on its way becomes a client
const RELOADS = ["style", "script", "worker"]; // what is half a page without it

scope.addEventListener("install", () => scope.skipWaiting());
scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(start()));
scope.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data.keep) event.waitUntil(keepRead(event.source.id, event.data.keep).catch(() => undefined));
  if (event.data.prune) event.waitUntil(prune());
});
scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(kept.root) || request.url.includes("/offline.js")) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.cache !== "no-cache") event.respondWith(part(event)); // those ask the host itself
});

async function start() {
  await caches.delete("la-pages"); // of an earlier version of this worker
  await scope.clients.claim();
}

// -- Which build a page is of ------------------------------------------------------------------

/** @type {Promise<Map<string, [build: string, time: number]>> | undefined} */
let clients;

/** By client; kept, since the browser ends this worker whenever it has nothing to do. */
function builds() {
  return (clients ??= (async () => {
    const hit = await (await kept.store()).match(kept.key("clients"));
    return new Map(hit ? await hit.json() : []);
  })());
}

/** @param {string} client @param {List} list */
async function assign(client, { build }) {
  if (!client) return;
  const all = await builds();
  all.set(client, [build, Date.now()]);
  const alive = new Set((await scope.clients.matchAll({ includeUncontrolled: true, type: "all" })).map((/** @type {{id: string}} */ { id }) => id));
  for (const [id, [, time]] of all) if (!alive.has(id) && Date.now() - time > LATEST) all.delete(id);
  await (await kept.store()).put(kept.key("clients"), Response.json([...all]));
}

/** @type {Map<string, List>} */
const known = new Map();

/** @param {string} client */
async function listOf(client) {
  const [build] = (await builds()).get(client) ?? [];
  if (!build) return null;
  const list = known.get(build) ?? (await kept.list(build));
  if (list) known.set(build, list);
  return list;
}

async function prune() {
  await kept.prune(new Set([...(await builds()).values()].map(([build]) => build)));
}

/** A page of a build was read. @param {List} list @param {string} path */
async function meet(list, path) {
  await kept.noteRead(list, path);
  if (await kept.keepList(list)) await prune();
}

// -- Pages -------------------------------------------------------------------------------------

/** @param {any} event */
async function page(event) {
  const { request, resultingClientId: client } = event;
  const path = kept.path(request.url);
  const whole = await kept.whole().catch(() => null);
  const hit = whole && (await kept.file(whole, path));
  if (whole && hit) {
    await assign(client, whole);
    event.waitUntil(renew(whole));
    return hit;
  }
  try {
    return await fromNetwork(request, path, client);
  } catch { // the list too: without a network the browser's own cache may have the page, but not its parts
    const list = await kept.readOf(path);
    const other = list && (await kept.file(list, path));
    if (!list || !other) return fetch(request);
    await assign(client, list);
    return other;
  }
}

/**
 * A page, which is kept if it is that of the newest build. Where it is not, the site is being
 * replaced in this moment, or its host rewrites pages: asked once more, and else passed on.
 * @param {Request} request @param {string} path @param {string} client
 */
async function fromNetwork(request, path, client) {
  const [response, list] = await Promise.all([fetch(request), kept.newest()]);
  if (!response.ok || !list?.files[path]) return response;
  const settled = await settle(list, path, response).catch(() => null); // a full disk
  if (settled) await assign(client, settled[0]);
  return settled?.[1] ?? response;
}

/** @param {List} list @param {string} path @param {Response} response @returns {Promise<[List, Response] | null>} */
async function settle(list, path, response) {
  if (await kept.keep(list, path, response)) {
    await meet(list, path);
    return [list, response];
  }
  const again = await fetch(kept.root + encodeURI(path), { cache: "reload" });
  const newer = await kept.newest();
  if (!newer || !again.ok || !(await kept.keep(newer, path, again))) return null;
  await meet(newer, path);
  return [newer, again];
}

/** @type {Promise<void> | null} */
let renewing = null;

/** Fetch what a newer build has that this has not, aside, and then take it for the next page. @param {List} whole */
function renew(whole) {
  return (renewing ??= (async () => {
    try {
      const list = await kept.newest();
      if (!list || list.build === whole.build) return;
      await kept.keepWhole(list, () => undefined);
      await prune();
    } catch {
      // no network, a full disk, or a site that is being replaced: at the next page
    } finally {
      renewing = null;
    }
  })());
}

// -- What pages load -----------------------------------------------------------------------------

/** @param {any} event */
async function part(event) {
  const { request, clientId, resultingClientId } = event;
  const path = kept.path(request.url);
  if (RUNTIME.test(path)) return (await caches.match(request.url)) ?? fetch(request); // whose worker looks at every byte
  const list = await listOf(clientId).catch(() => null);
  if (!list?.files[path]) return fetch(request); // the page was there before this worker, or its host rewrites it
  if (request.destination === "worker") await assign(resultingClientId, list);
  const hit = await kept.file(list, path);
  if (hit) return hit;
  const response = await fetch(request);
  try {
    if (response.ok && (await kept.keep(list, path, response))) return response;
    const newer = await kept.newest();
    if (!newer || newer.build === list.build) return response; // the host rewrites files, or lacks one
  } catch {
    return response;
  }
  // The site has been replaced since the page was loaded. What is typed is kept for the visit.
  const client = RELOADS.includes(request.destination) && (await scope.clients.get(clientId));
  if (client) client.navigate(client.url).catch(() => undefined);
  return Response.error();
}

/** Keep a page that was loaded before this worker was there, with what it loaded: all of it, or nothing. @param {string} client @param {string[]} urls its own first */
async function keepRead(client, urls) {
  const list = await kept.newest();
  if (!list) return;
  const paths = [...new Set(urls.map((url) => kept.path(url)))].filter((path) => path !== "offline.json" && !RUNTIME.test(path));
  const got = await Promise.all(paths.map(async (path) => {
    const hit = await kept.file(list, path);
    return { path, hit, response: hit ?? (list.files[path] ? await fetch(kept.root + encodeURI(path)) : null) };
  }));
  for (const { path, hit, response } of got) {
    if (!hit && (!response?.ok || !(await kept.keep(list, path, response)))) return; // of another build
  }
  await meet(list, paths[0]);
  await assign(client, list);
}

// @ts-check
/**
 * The service worker: keeps the pages that were read and the runtime, so that they work offline.
 * It is registered when a reader first runs something, never before.
 */

const PAGES = "la-pages";
const LASTING = /\/_static\/(runtime|features)\/[^/]+\//; // what its address stands for never changes
const RUNTIME = /\/_static\/runtime\//; // kept by the worker that runs it
const scope = /** @type {any} */ (self);

scope.addEventListener("install", () => scope.skipWaiting());
scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener("message", (/** @type {any} */ event) => {
  event.waitUntil(keepAll(event.data.keep ?? []));
});

/** @param {string[]} urls */
async function keepAll(urls) {
  const wanted = [...new Set(urls)].filter((url) => !RUNTIME.test(url));
  await Promise.allSettled(wanted.map(async (url) => keepOne(url, await fetch(url))));
}

/** Keep what came of a request, in the place of what an earlier version of the site sent. @param {string} url @param {Response} response */
async function keepOne(url, response) {
  const { pathname, search } = new URL(url);
  if (!response.ok || (search && !/^\?v=\w+$/.test(search))) return; // a search is kept by nobody
  const pages = await caches.open(PAGES);
  const scripts = /(.*\/_static\/features\/)([^/]+)\//.exec(pathname);
  for (const { url: other } of await pages.keys()) {
    const { pathname: path } = new URL(other);
    const isOlder = scripts && path.startsWith(scripts[1]) && !path.startsWith(scripts[0]);
    if (isOlder || (path === pathname && other !== url)) await pages.delete(other);
  }
  await pages.put(url, response);
}

scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(LASTING.test(request.url) ? fromCache(request) : fromNetwork(request));
});

/** What never changes under its address: the cache is as good as the network. @param {Request} request */
async function fromCache(request) {
  const hit = await caches.match(request.url);
  return hit ?? (RUNTIME.test(request.url) ? fetch(request) : fetchAndKeep(request));
}

/** @param {Request} request */
async function fetchAndKeep(request) {
  const response = await fetch(request);
  await keepOne(request.url, response.clone()).catch(() => undefined); // a full disk
  return response;
}

/** A page may have changed: the network first, and what was kept if there is none. @param {Request} request */
async function fromNetwork(request) {
  try {
    return await fetchAndKeep(request);
  } catch (error) {
    const pages = await caches.open(PAGES);
    const hit = await pages.match(request, { ignoreSearch: request.mode === "navigate" });
    if (hit) return hit;
    throw error;
  }
}

// @ts-check
/**
 * The service worker: keeps the pages that were read and the runtime, so that they work offline.
 * It is registered when a reader first runs something, never before.
 */

const PAGES = "la-pages";
const RUNTIME = /\/_static\/runtime\/[^/]+\//;
const scope = /** @type {any} */ (self);

scope.addEventListener("install", () => scope.skipWaiting());
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener("message", (event) => {
  event.waitUntil(keep(event.data.keep ?? []));
});

/** @param {string[]} urls */
async function keep(urls) {
  const pages = await caches.open(PAGES);
  const wanted = [...new Set(urls)].filter((url) => !RUNTIME.test(url));
  await Promise.allSettled(wanted.map((url) => pages.add(url)));
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(scope.registration.scope)) return;
  event.respondWith(RUNTIME.test(request.url) ? fromCache(request) : fromNetwork(request));
});

/** A file of the runtime never changes under its address: the cache is as good as the network. */
async function fromCache(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

/** A page may have changed: the network first, and what was kept if there is none. */
async function fromNetwork(request) {
  const pages = await caches.open(PAGES);
  try {
    const response = await fetch(request);
    if (response.ok) await pages.put(request, response.clone()).catch(() => {});
    return response;
  } catch (error) {
    const hit = await pages.match(request, { ignoreSearch: request.mode === "navigate" });
    if (hit) return hit;
    throw error;
  }
}

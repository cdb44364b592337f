// Keeps the style, the icons and one page that says "no network". Never a page about anybody.
// That page also says how many messages wait on the device: a number, read without any key.
// The server replaces the two names in capitals before it sends this file.
const STATIC = __STATIC__;
const OFFLINE = __OFFLINE__;
const CACHE = 'relais-static';
const MODULES = 'relais-module-'; // of the public library: its own worker keeps them
const LANGUAGE = '/service-worker.js?language';
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'; "
    + "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(STATIC)));
});

self.addEventListener('activate', (event) => event.waitUntil(clean()));
async function clean() {
  // The browser asks for the page while this worker starts, so that it delays nothing.
  await self.registration.navigationPreload?.enable();
  const others = (await caches.keys()).filter((name) => name !== CACHE && !name.startsWith(MODULES));
  await Promise.all(others.map((name) => caches.delete(name)));
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!STATIC.includes(pathname) && pathname + search !== LANGUAGE) await cache.delete(request);
  }
}

self.addEventListener('message', (event) => event.waitUntil(remember(event.data.language)));
async function remember(language) {
  if (typeof language !== 'string' || language === await rememberedLanguage()) return;
  const cache = await caches.open(CACHE);
  await cache.put(LANGUAGE, new Response(language));
}
async function rememberedLanguage() {
  return (await caches.match(LANGUAGE))?.text();
}

self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== self.location.origin) return; // a form goes straight out
  if (mode === 'navigate') event.respondWith(page(event));
  else if (STATIC.includes(pathname)) event.respondWith(kept(event.request));
});
async function page(event) {
  try {
    event.waitUntil(forgetWithdrawn());
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    const wanted = [await rememberedLanguage(), ...self.navigator.languages];
    const bases = wanted.filter(Boolean).flatMap((tag) => [tag, tag.split('-')[0]]);
    const language = [...bases, ...Object.keys(OFFLINE)].find((tag) => tag in OFFLINE);
    const shown = (await keptModules()).length ? ' data-kept hidden' : '';
    const body = withUnsent(OFFLINE[language], await unsent()).replace(shown, '');
    return new Response(body, { status: 503, headers: HEADERS });
  }
}
async function keptModules() {
  return (await caches.keys()).filter((name) => name.startsWith(MODULES));
}
// What was withdrawn leaves the device with the next page of any kind, once an hour at most.
let lookedAt = 0;
async function forgetWithdrawn() {
  if (Date.now() - lookedAt < 3600000) return;
  lookedAt = Date.now();
  for (const name of await keptModules()) {
    const answer = await fetch(name.replace(MODULES, '/library/') + '/copy');
    if ([404, 410].includes(answer.status)) await caches.delete(name);
  }
}
// How many messages wait on this device, whoever wrote them; what they say is sealed.
function withUnsent(html, number) {
  if (!number) return html;
  const sentence = number === 1 ? '"one"' : '"many"';
  return html.replace('data-unsent=' + sentence + ' hidden', '').replace('{n}', number);
}
function unsent() {
  return new Promise((resolve) => {
    const request = indexedDB.open('relais', 1);
    request.onupgradeneeded = () => request.transaction.abort(); // never begun: leave nothing
    request.onerror = () => resolve(0);
    request.onsuccess = () => {
      const database = request.result;
      const count = database.transaction('unsent').objectStore('unsent').count();
      count.onsuccess = () => resolve(count.result);
      count.onerror = () => resolve(0);
      database.close(); // once the count is there
    };
  });
}
async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

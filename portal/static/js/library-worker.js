// For public modules that their reader keeps on the device, and only once one is kept: their pages
// are asked for without cookies, so that a copy is the one that everybody gets.
// The server replaces the name in capitals before it sends this file.
const OFFLINE = __OFFLINE__;
const MODULES = 'relais-module-'; // and the address of the module: one cache for each
const ABOUT = '/library?about'; // in each of them: what it is and when it was copied
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'; "
    + "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('message', (event) => event.waitUntil(answer(event)));
async function answer({ data, ports }) {
  if (data.keep) ports[0].postMessage(await keep(data.keep));
  if (data.forget) ports[0].postMessage(await forget(data.forget));
  if (data.list) {
    ports[0].postMessage({ modules: await kept() });
    await lookAfter();
  }
}

const anybody = { credentials: 'omit', cache: 'no-cache' };
const copyOf = (slug) => fetch('/library/' + encodeURIComponent(slug) + '/copy', anybody);
// All of it or nothing: a copy that breaks off in the middle would strand its reader.
async function keep(slug) {
  try {
    const answered = await copyOf(slug);
    if (!answered.ok) throw new Error(answered.status);
    const copy = await answered.json();
    const pages = new Map();
    const wanted = [...copy.addresses];
    let bytes = 0;
    const fetched = async () => {
      for (let address = wanted.pop(); address; address = wanted.pop()) {
        const page = await fetch(address, anybody);
        if (!page.ok || page.redirected) throw new Error(page.status);
        bytes += (await page.clone().blob()).size;
        pages.set(address, page);
      }
    };
    await Promise.all([fetched(), fetched(), fetched(), fetched()]);
    await caches.delete(MODULES + slug);
    const cache = await caches.open(MODULES + slug);
    await Promise.all([...pages].map(([address, page]) => cache.put(address, page)));
    const { title, lang, version } = copy;
    const about = { slug, title, lang, version, bytes, at: Date.now() };
    await cache.put(ABOUT, new Response(JSON.stringify(about)));
    return { kept: about };
  } catch {
    return { kept: await aboutOf(MODULES + slug), error: true };
  }
}
async function forget(slug) {
  const names = (await caches.keys()).filter((name) => name.startsWith(MODULES));
  const wanted = names.filter((name) => slug === true || name === MODULES + slug);
  await Promise.all(wanted.map((name) => caches.delete(name)));
  return { kept: null };
}
async function aboutOf(name) {
  if (!await caches.has(name)) return null;
  const found = await (await caches.open(name)).match(ABOUT);
  return found ? found.json() : null;
}
async function kept() {
  const names = (await caches.keys()).filter((name) => name.startsWith(MODULES));
  const modules = await Promise.all(names.map(aboutOf));
  return modules.filter(Boolean).sort((one, other) => one.title.localeCompare(other.title));
}
// What was withdrawn leaves the device, what was corrected is copied again. Once an hour at most.
let lookedAt = 0;
async function lookAfter() {
  if (Date.now() - lookedAt < 3600000) return;
  lookedAt = Date.now();
  for (const { slug, version } of await kept()) {
    try {
      const answered = await copyOf(slug);
      if (answered.status === 404 || answered.status === 410) await forget(slug);
      else if (answered.ok && (await answered.json()).version !== version) await keep(slug);
    } catch { /* away again: another time */ }
  }
}

self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  if (method !== 'GET' || new URL(url).origin !== self.location.origin) return;
  event.respondWith(mode === 'navigate' ? page(event) : asked(event.request));
});
async function asked(request) {
  try {
    return await fetch(request);
  } catch (away) {
    const found = await caches.match(request, { ignoreVary: true });
    if (!found) throw away;
    return found;
  }
}
async function page(event) {
  try {
    const answered = await fetch(event.request);
    event.waitUntil(lookAfter());
    return answered;
  } catch {
    const { pathname, search } = new URL(event.request.url);
    const copy = await caches.match(pathname + search, { ignoreVary: true });
    if (copy) return copy;
    const bases = self.navigator.languages.map((tag) => tag.split('-')[0]);
    const language = [...bases, ...Object.keys(OFFLINE)].find((tag) => tag in OFFLINE);
    const body = OFFLINE[language].replace('data-kept hidden', '');
    return new Response(body, { status: 503, headers: HEADERS });
  }
}

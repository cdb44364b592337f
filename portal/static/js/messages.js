// On pages of messages, and each of them works without it: answers appear by themselves, and what
// cannot leave is kept on the device, sealed with a key that only the signed-in account is given.
(() => {
  'use strict';
  const { byId, focusOn, on, region, say } = window.relais;

  // A file on its way: how far it is, and once more by itself when the network was lost.
  const TRIES = 3;
  function sendFile(form, submitter, tries = TRIES) {
    const bar = form.querySelector('progress') ?? document.createElement('progress');
    bar.className = 'progress';
    bar.setAttribute('aria-label', submitter?.dataset.busy ?? '');
    bar.removeAttribute('value');
    form.append(bar);
    submitter?.setAttribute('aria-disabled', 'true');
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('HX-Request', 'true'); // where to go is told, not gone to
    request.responseType = 'document';
    request.upload.onprogress = ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
    };
    const stop = (key) => {
      bar.remove();
      submitter?.removeAttribute('aria-disabled');
      if (key) say(key);
    };
    request.onload = () => {
      const next = request.getResponseHeader('HX-Redirect');
      if (next) location.assign(next);
      else if (request.status >= 500 || !request.response) stop('failed');
      else showAnswer(request.response, stop);
    };
    request.onerror = () => {
      if (navigator.onLine && tries > 1) setTimeout(sendFile, 2000, form, submitter, tries - 1);
      else stop('offline');
    };
    request.send(new FormData(form));
  }
  function showAnswer(page, stop) {
    stop();
    const [there, answer] = [document, page].map((one) => one.querySelector('main'));
    if (!answer) return;
    document.title = page.title;
    there.replaceChildren(...document.adoptNode(answer).childNodes);
    focusOn(there.querySelector('[data-error-summary]') ?? there);
  }
  on('submit', (event) => {
    const form = event.target;
    if (!form.matches('[data-upload]') || !form.querySelector('[type="file"]')?.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sendFile(form, event.submitter);
  }, true);

  const unsent = byId('unsent');
  if (!unsent) return;
  const words = unsent.dataset;
  const body = document.body.dataset;
  const exchange = () => document.querySelector('[data-exchange]');
  // A stay on older messages, or a look through the eyes of another, is no place for news.
  const isLive = () => exchange() && !/[?&](before|preview)=/.test(location.search);
  const ask = (url, options) => fetch(url, { cache: 'no-store', redirect: 'manual', ...options });
  function tell(sentence) {
    if (!region() || !sentence) return;
    region().dataset.message = sentence;
    say('message');
  }

  // Live arrival: the list grows at its end, and neither the reader's place nor their text moves.
  const [SOON, LATE] = [5000, 60000];
  let pause = SOON;
  let timer = 0;
  let isLooking = false;
  const shown = () => [...exchange().querySelectorAll('li[id^="m-"]')];
  function lookIn(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(look, milliseconds);
  }
  async function look() {
    if (isLooking || !isLive() || document.hidden || !navigator.onLine) return;
    isLooking = true;
    let isSignedIn = true;
    try {
      const after = shown().pop()?.id.slice(2) ?? '';
      const asked = new URLSearchParams({ thread: exchange().dataset.thread, after });
      const answer = await ask(words.news + '&' + asked);
      const { threads } = answer.ok ? await answer.json() : { threads: [] };
      isSignedIn = answer.ok || answer.status >= 500;
      if (threads.length) await refresh();
      pause = threads.length ? SOON : Math.min(pause * 1.5, LATE);
    } catch {
      pause = LATE;
    }
    isLooking = false;
    if (isSignedIn) lookIn(pause);
  }
  async function refresh() {
    const list = exchange();
    const answer = await ask(location.pathname, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok || !list?.isConnected) return;
    const found = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const before = new Set(shown().map(({ id }) => id));
    for (const fresh of [...found.querySelectorAll('[data-exchange] > li')]) merge(list, fresh);
    const new_ = shown().filter((one) => !before.has(one.id) && !one.querySelector('.is-mine'));
    const author = new_.pop()?.querySelector('.message-author strong');
    if (author) tell(words.new + ' ' + author.textContent);
  }
  function merge(list, fresh) {
    const there = fresh.id ? byId(fresh.id) : [...list.children].find((e) => e.isEqualNode(fresh));
    const node = document.adoptNode(fresh);
    if (!there) list.append(node);
    else if (!there.isEqualNode(node) && !there.contains(document.activeElement)) {
      there.replaceWith(node);
    }
  }
  function lookAgain() {
    if (document.hidden || !navigator.onLine) return;
    pause = SOON;
    lookIn(200);
  }

  // What is kept: one row for each message, under the key of its form, so never the same twice.
  const DATABASE = 'relais';
  const ROWS = 'unsent';
  const KEPT_DAYS = 30;
  const canKeep = Boolean(window.indexedDB && window.crypto?.subtle && crypto.randomUUID);
  const bytes = (text) => new TextEncoder().encode(text);
  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(ROWS, { keyPath: 'id' });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
  async function inRows(mode, act) {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(ROWS, mode, { durability: 'strict' });
        const request = act(transaction.objectStore(ROWS));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }
  async function rows() {
    const all = await indexedDB.databases?.();
    if (all && !all.some(({ name }) => name === DATABASE)) return [];
    const found = await inRows('readonly', (store) => store.getAll());
    const oldest = Date.now() - KEPT_DAYS * 86400000;
    for (const { id, at } of found) if (at < oldest) await remove(id);
    return found.filter(({ at }) => at >= oldest);
  }
  async function remove(id) {
    await inRows('readwrite', (store) => store.delete(id));
    const left = await inRows('readonly', (store) => store.count());
    if (!left) await finished(indexedDB.deleteDatabase(DATABASE));
  }
  const finished = (request) => new Promise((resolve) => {
    for (const type of ['success', 'error', 'blocked']) request.addEventListener(type, resolve);
  });

  // The key stays in the memory of this page, and no script can read it out.
  let lock = null;
  let asked = null;
  const giveLock = () => { asked ??= fetchLock().catch(() => { asked = null; }); return asked; };
  async function fetchLock() {
    const answer = await ask(words.key, { method: 'POST' });
    if (!answer.ok) throw new Error('signed out');
    const raw = await answer.arrayBuffer();
    const mark = await crypto.subtle.digest('SHA-256', new Uint8Array([...new Uint8Array(raw), 1]));
    const owner = [...new Uint8Array(mark, 0, 8)].map((one) => one.toString(16)).join('.');
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
    lock = { key, owner };
  }
  const bound = (id, iv) => ({ name: 'AES-GCM', iv, additionalData: bytes(lock.owner + ' ' + id) });
  async function seal(id, content) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(bound(id, iv), lock.key, bytes(content));
    return { id, owner: lock.owner, at: Date.now(), iv, sealed };
  }
  async function unseal({ id, iv, sealed }) {
    const plain = await crypto.subtle.decrypt(bound(id, iv), lock.key, sealed);
    return { id, ...JSON.parse(new TextDecoder().decode(plain)) };
  }

  // Writing without a network.
  const isComposer = (form) => form?.matches?.('[data-composer]');
  const canQueue = (form, submitter) => isComposer(form) && lock
    && !submitter?.hasAttribute('formaction') && form.elements.body?.value.trim();
  async function keep(form, submitter) {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    const fields = [...data].filter(([, value]) => typeof value === 'string');
    const { key, body: field } = form.elements;
    const content = JSON.stringify({
      url: form.action, page: location.pathname, title: document.title, text: field.value, fields,
    });
    try {
      const row = await seal(key.value, content);
      await inRows('readwrite', (store) => store.put(row));
    } catch {
      say('offline');
      return;
    }
    tell(words.waiting);
    await show();
    sendLater();
  }
  // What is kept or sent is no longer being written, although the draft of it may be there still.
  function letGo(id) {
    const fields = document.querySelector('[data-composer]')?.elements;
    if (fields?.key?.value !== id) return;
    fields.key.value = crypto.randomUUID();
    fields.body.value = '';
  }
  // Leaving for an error page would lose the text: ask first whether the portal answers.
  async function isReached() {
    if (!navigator.onLine) return false;
    try {
      await ask(body.sessionCheck, { signal: AbortSignal.timeout(8000) });
      return true;
    } catch {
      return false;
    }
  }
  const checking = new WeakSet();
  const checked = new WeakSet();
  on('submit', async (event) => {
    const { target: form, submitter } = event;
    if (checked.has(form) || !canQueue(form, submitter)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (checking.has(form)) return;
    checking.add(form);
    const isThere = await isReached();
    if (isThere) {
      checked.add(form);
      form.requestSubmit(submitter);
      checked.delete(form);
    } else await keep(form, submitter);
    checking.delete(form);
  }, true);
  on('htmx:error', ({ detail: { ctx } }) => {
    const form = ctx?.sourceElement;
    if (!ctx || ctx.response || !canQueue(form, ctx.request.submitter)) return;
    keep(form, ctx.request.submitter);
  });
  // Without a network the draft waits too: nothing is said of it at each pause.
  on('htmx:before:request', (event) => {
    if (navigator.onLine || !lock || !isComposer(event.detail.ctx.sourceElement?.form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  on('focusin', ({ target }) => { if (canKeep && isComposer(target.form)) giveLock(); });

  // What waits is shown on every page of messages of the same account, and leaves from there.
  let waiting = [];
  const states = new Map();
  const told = new Map();
  async function show() {
    if (!canKeep) return;
    const found = await rows();
    if (found.length && !lock) await giveLock();
    const own = found.filter(({ owner }) => owner === lock?.owner).sort((a, b) => a.at - b.at);
    waiting = await Promise.all(own.map(unseal));
    waiting.forEach(({ id }) => letGo(id));
    unsent.querySelector('ul').replaceChildren(...waiting.map(card));
    unsent.hidden = !waiting.length;
  }
  function card(one) {
    const item = unsent.querySelector('template').content.firstElementChild.cloneNode(true);
    const part = (name) => item.querySelector('[data-part="' + name + '"]');
    const state = states.get(one.id) ?? 'waiting';
    item.dataset.id = one.id;
    part('title').textContent = one.title.replace(/ — Relais$/, '');
    part('title').href = one.page;
    part('text').replaceChildren(...one.text.split('\n').map((line) => {
      const paragraph = document.createElement('p');
      paragraph.dir = 'auto';
      paragraph.textContent = line;
      return paragraph;
    }));
    part('state').textContent = words[state];
    part('sign-in').hidden = state !== 'ended';
    part('copy').dataset.copy = one.text;
    part('copy').hidden = !navigator.clipboard;
    return item;
  }
  function put(one, state) {
    const item = unsent.querySelector('[data-id="' + one.id + '"]');
    states.set(one.id, state);
    if (item) item.replaceWith(card(one));
    if (state === 'sending' || told.get(one.id) === state) return;
    told.set(one.id, state); // once, however often it is tried
    tell(words[state]);
  }
  const REFUSED = { 401: 'ended', 403: 'closed', 404: 'closed', 409: 'other' };
  function stateAfter({ type, status }) {
    if (type === 'opaqueredirect' || status < 400) return 'sent';
    if (status >= 500 || status === 429) return 'failed';
    return REFUSED[status] ?? 'invalid';
  }
  async function deliver(one) {
    put(one, 'sending');
    try {
      // Somebody else may have signed in on this device since.
      const session = await ask(body.sessionCheck);
      if (session.status === 401) return put(one, 'ended');
      const fields = new URLSearchParams(one.fields);
      const state = stateAfter(await ask(one.url, { method: 'POST', body: fields }));
      if (state !== 'sent') return put(one, state);
    } catch {
      return put(one, 'waiting');
    }
    await remove(one.id);
    tell(words.sent);
    return show();
  }
  const BY_ITSELF = ['waiting', 'failed', undefined];
  const CAN_WAIT = [...BY_ITSELF, 'ended'];
  let isSending = false;
  async function deliverAll(isWanted = ({ id }) => CAN_WAIT.includes(states.get(id))) {
    if (isSending || !waiting.length || !navigator.onLine) return;
    isSending = true;
    for (const one of waiting.filter(isWanted)) await deliver(one);
    isSending = false;
    sendLater();
    if (isLive()) await refresh().catch(() => {});
  }
  // What could not leave although there is a network: once more by itself, less and less often.
  const AT_ONCE = 1000; // a device says that the network is back a little before it is
  let delay = AT_ONCE;
  let nextTry = 0;
  function sendLater() {
    clearTimeout(nextTry);
    const isLate = waiting.some(({ id }) => BY_ITSELF.includes(states.get(id)));
    if (!isLate) delay = AT_ONCE;
    else if (navigator.onLine) {
      nextTry = setTimeout(deliverAll, delay);
      delay = Math.min(delay * 2, LATE);
    }
  }
  on('click', async ({ target }) => {
    const button = target.closest('#unsent [data-act]');
    const one = waiting.find(({ id }) => id === button?.closest('li').dataset.id);
    if (!one) return;
    if (button.dataset.act === 'send') {
      if (navigator.onLine) deliverAll(({ id }) => id === one.id);
      else tell(words.waiting);
    } else if (button.dataset.sure) {
      button.textContent = button.dataset.sure; // the second tap throws it away
      delete button.dataset.sure;
    } else {
      await remove(one.id);
      await show();
      document.querySelector('[data-composer] [name="body"]')?.focus();
    }
  });

  // Letters of the keyboard, where the list of them is open, and never while somebody types.
  const isTyping = (element) => element.isContentEditable
    || element.matches('textarea, select, input:not([type="checkbox"], [type="radio"])');
  // Who opened the list of shortcuts once has them on every page of this tab.
  const shortcuts = document.querySelector('details[data-shortcuts]');
  if (shortcuts) shortcuts.open = sessionStorage.getItem('shortcuts') === 'open';
  shortcuts?.addEventListener('toggle', () => {
    sessionStorage.setItem('shortcuts', shortcuts.open ? 'open' : 'closed');
  });
  on('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (!document.querySelector('details[data-shortcuts][open]')) return;
    if (key === 'Escape' && target.matches('[data-shortcut]')) target.blur();
    if (key.length !== 1 || ctrlKey || metaKey || altKey || isTyping(target)) return;
    const letter = key.toLowerCase();
    // j and k: the next row of the list, and the one before.
    const links = [...document.querySelectorAll('[data-rows] a')];
    links[links.indexOf(target) + { j: 1, k: -1 }[letter]]?.focus();
    const wanted = document.querySelector('[data-shortcut="' + CSS.escape(letter) + '"]');
    if (!wanted || wanted.closest('[hidden]')) return;
    event.preventDefault();
    if (isTyping(wanted)) wanted.focus();
    else wanted.click();
  });

  // Back after sending: browsers give the text back, and it stands in the conversation already.
  const flat = (text) => text.replace(/\s+/g, ' ').trim();
  function forgetWhatWasSent() {
    const field = document.querySelector('[data-composer]')?.elements.body;
    const last = [...document.querySelectorAll('.is-mine .message-body')].pop();
    if (!field || !last || field.value === field.defaultValue) return;
    if (flat(field.value) === flat(last.innerText)) field.value = '';
  }
  addEventListener('pageshow', forgetWhatWasSent);

  async function start() {
    // This script may come after the page, and after the first touch.
    forgetWhatWasSent();
    if (canKeep && isComposer(document.activeElement?.form)) giveLock();
    if (canKeep) await show().catch(() => {});
    await deliverAll();
  }
  on('visibilitychange', lookAgain);
  on('htmx:after:swap', lookAgain);
  for (const type of ['online', 'focus']) {
    addEventListener(type, () => { lookAgain(); deliverAll(); });
  }
  lookIn(SOON);
  start();
})();

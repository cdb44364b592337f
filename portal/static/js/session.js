// The end of the session, on pages about somebody: a warning, then the page is covered with all
// that was typed still in it. Nothing typed is stored anywhere. The server alone decides when a
// session ends; the clock here only knows when to ask.
(() => {
  'use strict';
  const { byId, focusOn, hush, isPost, isPrivate, on, region, say } = window.relais;
  if (!isPrivate()) return;
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('relais-session') : null;
  const settings = () => document.body.dataset;
  const seconds = () => Number(settings().sessionSeconds) || 0;
  const warnedBefore = () => Math.min(120, seconds() / 2);
  let heard = Date.now(); // when the server last heard from this browser
  const secondsLeft = () => seconds() - (Date.now() - heard) / 1000;
  const leave = () => location.replace(settings().signedOut);
  async function ask(url, method = 'GET') {
    try {
      const answer = await fetch(url, { method, cache: 'no-store', redirect: 'manual' });
      return answer.type === 'opaqueredirect' ? 401 : answer.status;
    } catch {
      return 0;
    }
  }

  const typed = new Set();
  const hasText = () => Boolean(document.querySelector('[data-error-summary]'))
    || [...typed].some((form) => form.isConnected);
  on('input', ({ target }) => { if (isPost(target.form)) typed.add(target.form); });
  on('htmx:before:response', (event) => {
    const { request, response } = event.detail.ctx;
    if (response.status === 401 && hasText()) {
      event.preventDefault(); // instead of leaving for the sign-in page
      cover();
    } else if (response.status < 400) {
      if (request.method === 'POST') typed.delete(request.form);
      restart();
    }
  });

  function restart() {
    heard = Date.now();
    tabs?.postMessage({ heard });
    watch();
  }
  let timer = 0;
  // Compares clocks rather than counting, because timers stop while a phone sleeps.
  function watch() {
    clearTimeout(timer);
    if (!seconds() || covered) return;
    const left = secondsLeft();
    const untilWarning = left - warnedBefore();
    const warning = byId('session-warning');
    if (warning) warning.hidden = untilWarning > 0;
    if (left <= 0) conclude();
    else timer = setTimeout(watch, 1000 * Math.min(untilWarning > 0 ? untilWarning : left, 20));
  }
  let isAsking = false;
  async function conclude() {
    if (isAsking || covered) return;
    isAsking = true;
    const status = await ask(settings().sessionCheck);
    isAsking = false;
    if (status === 204) {
      // Alive by an act that this tab did not hear of: ask again in half a minute.
      if (secondsLeft() <= 0) heard = Date.now() - 1000 * Math.max(seconds() - 30, 0);
      watch();
    } else if (status === 401 && !hasText()) leave();
    else if (status === 401 || secondsLeft() <= 0) cover();
  }

  let covered = null; // what was hidden, to be shown again
  function cover() {
    const notice = byId('session-ended');
    if (covered) return;
    if (!notice) {
      leave();
      return;
    }
    clearTimeout(timer);
    hush();
    covered = { hidden: [], focus: document.activeElement, title: document.title };
    for (let inner = notice; inner !== document.body; inner = inner.parentElement) {
      const others = [...inner.parentElement.children];
      covered.hidden.push(...others.filter((e) => e !== inner && e !== region() && !e.hidden));
    }
    covered.hidden.forEach((element) => { element.hidden = true; });
    notice.hidden = false;
    const heading = notice.querySelector('h1, h2') ?? notice;
    document.title = heading.textContent; // the title of the page names a person
    focusOn(heading);
  }
  function uncover() {
    covered.hidden.forEach((element) => { element.hidden = false; });
    byId('session-ended').hidden = true;
    document.title = covered.title;
    if (covered.focus?.isConnected) focusOn(covered.focus);
    covered = null;
    hush();
    restart();
  }
  async function resume() {
    const status = await ask(settings().sessionCheck);
    if (status === 204 && covered) uncover();
    else if (status === 401 && !hasText()) leave();
    else if (covered) say(status === 401 ? 'ended' : status ? 'failed' : 'offline');
  }

  let beforeWarning = null; // where the reader was before going to the warning's button
  on('focusin', ({ target, relatedTarget }) => {
    if (target.closest('#session-warning') && relatedTarget) beforeWarning = relatedTarget;
  });
  async function stay(url) {
    const status = await ask(url || '/session/stay', 'POST');
    if (status === 401) conclude();
    else if (status < 200 || status >= 300) say(status ? 'failed' : 'offline');
    else {
      restart();
      if (beforeWarning?.isConnected) beforeWarning.focus();
    }
  }
  on('click', ({ target }) => {
    const button = target.closest('[data-stay]');
    if (button) stay(button.dataset.stay);
    if (target.closest('[data-resume]')) resume();
  });

  on('visibilitychange', watch);
  for (const type of ['focus', 'online', 'pageshow']) addEventListener(type, watch);
  tabs?.addEventListener('message', ({ data }) => {
    if (!data.heard) conclude();
    else if (data.heard > heard) {
      heard = data.heard;
      watch();
    }
  });
  restart();

  // The service worker knows the style and one page for "no network"; it needs the language.
  async function enlist() {
    try {
      await navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'all' });
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ language: document.documentElement.lang });
    } catch { /* refused by the browser: the portal works the same */ }
  }
  addEventListener('load', () => {
    if (!navigator.serviceWorker) return;
    if (window.requestIdleCallback) requestIdleCallback(enlist);
    else setTimeout(enlist, 2000);
  });
})();

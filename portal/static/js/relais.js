// On every page, and every page works without it; with it, focus stays where the reader
// is, failures are said aloud, nothing is sent twice, and Back shows nothing after signing out.
(() => {
  'use strict';
  const script = document.currentScript?.src;
  const byId = (id) => (id ? document.getElementById(id) : null);
  const isPrivate = () => 'private' in document.body.dataset;
  const isPost = (form) => form?.getAttribute('method')?.toLowerCase() === 'post';
  const on = (type, listener, options) => document.addEventListener(type, listener, options);

  // Announcements: the sentences stand on the region, in the language of the page.
  const region = () => byId('announcements');
  const hush = () => region()?.replaceChildren();
  function say(key) {
    const sentence = region()?.dataset[key];
    if (!sentence) return;
    const toast = document.createElement('p');
    toast.className = 'toast';
    toast.textContent = sentence;
    hush();
    // After a pause: a screen reader repeats a sentence only when it saw the region empty.
    setTimeout(() => region()?.replaceChildren(toast), 50);
    if (key === 'copied') setTimeout(() => toast.remove(), 8000);
  }

  // Focus: errors first, then what the server marked, else where the reader was.
  function focusOn(element) {
    if (!element.matches('a[href], button, input, select, textarea, summary, [tabindex]')) {
      element.tabIndex = -1;
    }
    element.focus();
    return document.activeElement === element;
  }
  function findIn(nodes, selector) {
    const inside = (node) => (node.matches?.(selector) ? node : node.querySelector?.(selector));
    return nodes.map(inside).find(Boolean);
  }
  let swapped = [];
  const focused = new WeakMap();
  // What is kept while somebody types says nothing, silences nothing, and holds up no send.
  const isKeeping = (ctx) => ctx.sourceElement.matches('textarea');
  on('htmx:before:request', ({ detail: { ctx } }) => {
    focused.set(ctx, document.activeElement);
    if (isKeeping(ctx)) return;
    hush();
    if (isPost(ctx.request.form)) hold(ctx.request.form, ctx.request.submitter);
  });
  on('htmx:after:settle', ({ detail }) => swapped.push(...detail.newContent));
  on('htmx:after:swap', () => {
    const wanted = findIn(swapped, '[data-error-summary]') ?? findIn(swapped, '[data-focus]');
    swapped = [];
    reveal();
    if (wanted) focusOn(wanted);
  });
  on('htmx:finally:request', ({ detail: { ctx } }) => {
    if (ctx.keepIndicators) return; // on the way to another page
    if (!isKeeping(ctx)) release(ctx.request.form);
    // Later, because htmx enables the buttons that it disabled just after this event.
    setTimeout(() => restoreFocus(ctx));
  });
  function restoreFocus(ctx) {
    const before = focused.get(ctx);
    const isLost = !document.activeElement || document.activeElement === document.body;
    if (!before || before === document.body || !isLost) return;
    const places = [before, byId(before.id), ctx.target, byId(ctx.target?.id)];
    for (const place of [...places, document.querySelector('main')]) {
      if (place?.isConnected && place !== document.body && focusOn(place)) return;
    }
  }

  // Failures: a 5xx body never replaces a form, so that what was typed stays.
  on('htmx:before:swap', (event) => {
    if (event.detail.ctx.response?.status >= 500) event.preventDefault();
  });
  on('htmx:response:error', ({ detail: { ctx } }) => {
    if (ctx.response.status >= 500) say('failed');
  });
  on('htmx:error', ({ detail: { ctx } }) => {
    if (ctx) say(ctx.response ? 'failed' : 'offline');
  });

  // One send: the button stays readable and focusable (aria-disabled), a second submit is dropped.
  const held = new Map();
  const reachable = new WeakSet();
  function hold(form, button) {
    if (held.has(form)) return;
    const label = [...(button?.childNodes ?? [])];
    button?.setAttribute('aria-disabled', 'true');
    if (button?.dataset.busy) button.replaceChildren(button.dataset.busy);
    // A download leaves the page where it is, and a lost request may never come back.
    const timer = setTimeout(() => release(form), 30000);
    held.set(form, () => {
      clearTimeout(timer);
      button?.removeAttribute('aria-disabled');
      if (button?.dataset.busy) button.replaceChildren(...label);
    });
  }
  function release(form) {
    held.get(form)?.();
    held.delete(form);
  }
  on('submit', (event) => {
    const isDisabled = event.submitter?.getAttribute('aria-disabled') === 'true';
    if (!held.has(event.target) && !isDisabled) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  on('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isPost(form)) return; // htmx sends it, or it changes nothing
    if (navigator.onLine || reachable.has(form) || !form.requestSubmit || !script) {
      hold(form, event.submitter);
      return;
    }
    // Leaving for an error page would lose the text: ask first whether the portal answers.
    event.preventDefault();
    fetch(script, { method: 'HEAD', cache: 'no-store' }).then(() => {
      reachable.add(form);
      form.requestSubmit(event.submitter);
      reachable.delete(form);
    }, () => say('offline'));
  });

  // Buttons that only a script can serve, and the list of people.
  function reveal() {
    const selector = '[data-print], [data-reveal]' + (navigator.clipboard ? ', [data-copy]' : '');
    document.querySelectorAll(selector).forEach((button) => { button.hidden = false; });
  }
  function copy(button) {
    const copied = navigator.clipboard.writeText(button.dataset.copy);
    copied.then(() => say('copied'), () => { button.hidden = true; });
  }
  const labels = new WeakMap();
  function togglePassword(button) {
    const field = byId(button.dataset.reveal);
    if (!labels.has(button)) labels.set(button, button.textContent);
    field.type = field.type === 'password' ? 'text' : 'password';
    button.textContent = field.type === 'text' ? button.dataset.hide : labels.get(button);
  }
  on('click', ({ target }) => {
    const button = target.closest('[data-print], [data-copy], [data-reveal]');
    if (button?.matches('[data-print]')) window.print();
    if (button?.matches('[data-copy]')) copy(button);
    if (button?.matches('[data-reveal]')) togglePassword(button);
    const switcher = document.querySelector('.person-switcher[open]');
    if (switcher && !switcher.contains(target)) switcher.open = false;
  });
  on('keydown', ({ key }) => {
    const switcher = document.querySelector('.person-switcher[open]');
    if (key !== 'Escape' || !switcher) return;
    switcher.open = false;
    switcher.querySelector('summary').focus();
  });

  // Back after signing out: browsers keep the whole page in memory. It is hidden before it is
  // kept, and asked for again before it is seen.
  addEventListener('pagehide', () => {
    if (isPrivate()) document.documentElement.classList.add('is-left');
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted && isPrivate()) location.reload();
    else [...held.keys()].forEach(release);
  });

  // A page about nobody may mean that somebody signed out: the other tabs ask the server.
  if (!isPrivate() && 'BroadcastChannel' in window) {
    const tabs = new BroadcastChannel('relais-session');
    tabs.postMessage({});
    tabs.close();
  }

  // What makes a page better once it is there: with the first touch or key, or after a moment.
  const later = document.querySelector('meta[name="later"]');
  function loadLater() {
    if (!later?.isConnected) return;
    later.remove();
    document.head.append(Object.assign(document.createElement('script'), { src: later.content }));
  }
  for (const type of ['pointerdown', 'focusin', 'keydown']) on(type, loadLater, true);
  addEventListener('offline', loadLater);
  setTimeout(loadLater, 3000);

  window.relais = { byId, focusOn, hush, isPost, isPrivate, on, region, say };
  reveal();
  const errors = document.querySelector('[data-error-summary]');
  if (errors) focusOn(errors);
})();

// On the pages of modules, late, and each of them works without it: the text is read aloud,
// words are explained where they stand, and a public module is kept on the device.
(() => {
  'use strict';
  const { byId, focusOn, on } = window.relais;
  const language = (element) => element.closest('[lang]').lang.split('-')[0].toLowerCase();

  // Reading aloud, sentence after sentence. It never begins by itself.
  const player = document.querySelector('[data-listen]');
  const speech = window.speechSynthesis;
  const BLOCKS = 'h1, h2, h3, h4, h5, h6, p, li, td, th, figcaption, .key-point > strong';
  let voice = null;
  let isWarned = false;
  let sentences = [];
  let current = 0;
  let turn = 0; // a sentence that was cut short does not call the next one
  let state = 'silent';

  function bestVoice() {
    const wanted = language(document.querySelector('.reading'));
    const speaks = ({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === wanted;
    const found = speech.getVoices().filter(speaks);
    return found.find((one) => one.localService) ?? found[0] ?? null;
  }
  function offer() {
    voice = bestVoice();
    if (voice) player.removeAttribute('data-waits');
  }
  function partsOf(text) {
    if (window.Intl?.Segmenter) {
      const segmenter = new Intl.Segmenter(document.documentElement.lang, { granularity: 'sentence' });
      return [...segmenter.segment(text)].map(({ segment, index }) => [index, index + segment.length]);
    }
    return [...text.matchAll(/[^.!?…]+[.!?…]*\s*/g)].map((found) => [
      found.index, found.index + found[0].length,
    ]);
  }
  function allSentences() {
    const roots = [document.querySelector('h1'), document.querySelector('.reading')];
    const blocks = roots.flatMap((root) => [root, ...root.querySelectorAll(BLOCKS)]);
    const leaves = blocks.filter((one) => one.matches(BLOCKS) && !one.querySelector(BLOCKS));
    return leaves.flatMap((block) => partsOf(block.textContent)
      .map(([start, end]) => ({ block, start, end, text: block.textContent.slice(start, end).trim() }))
      .filter(({ text }) => /[\p{L}\p{N}]/u.test(text)));
  }
  // The text nodes of a sentence, with the part of each that belongs to it.
  function nodesOf({ block, start, end }) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const found = [];
    let position = 0;
    while (walker.nextNode()) {
      const { length } = walker.currentNode.data;
      const from = Math.max(start - position, 0);
      const to = Math.min(end - position, length);
      if (from < to) found.push([walker.currentNode, from, to]);
      position += length;
    }
    return found;
  }
  function unmark() {
    window.CSS?.highlights?.delete('spoken');
    for (const mark of document.querySelectorAll('mark.spoken')) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
  }
  function mark(sentence) {
    unmark();
    const ranges = nodesOf(sentence).map(([node, from, to]) => {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      return range;
    });
    if (window.Highlight && window.CSS?.highlights) {
      CSS.highlights.set('spoken', new Highlight(...ranges));
    } else {
      for (const range of ranges) {
        const element = document.createElement('mark');
        element.className = 'spoken';
        range.surroundContents(element);
      }
    }
    const { top, bottom } = sentence.block.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) sentence.block.scrollIntoView({ block: 'center' });
  }
  function show(next) {
    state = next;
    const button = player.querySelector('[data-play]');
    button.textContent = button.dataset[next];
    player.querySelector('[data-stop]').hidden = next === 'silent';
    player.querySelector('[data-speeds]').hidden = next === 'silent';
  }
  function speak() {
    const sentence = sentences[current];
    if (!sentence) {
      stop();
      return;
    }
    const mine = turn += 1;
    const utterance = new SpeechSynthesisUtterance(sentence.text);
    utterance.lang = voice.lang;
    utterance.voice = voice;
    utterance.rate = Number(player.querySelector('[data-speeds] select').value);
    utterance.onend = () => {
      if (mine !== turn || state !== 'speaking') return;
      current += 1;
      speak();
    };
    utterance.onerror = () => { if (mine === turn) pause(); };
    mark(sentence);
    speech.speak(utterance);
  }
  // Not the pause of the browser: on many phones it does not come back from it.
  function pause() {
    turn += 1;
    speech.cancel();
    show('paused');
  }
  function stop() {
    turn += 1;
    speech.cancel();
    current = 0;
    unmark();
    show('silent');
  }
  function play() {
    const note = player.querySelector('[data-remote]');
    if (!voice.localService && !isWarned) {
      isWarned = true;
      note.hidden = false;
      note.replaceChildren(note.dataset.remote);
      show('silent');
      player.querySelector('[data-play]').textContent = player.querySelector('[data-play]').dataset.anyway;
      return;
    }
    note.hidden = true;
    if (state === 'silent') sentences = allSentences();
    show('speaking');
    speak();
  }
  if (player && speech && document.querySelector('.reading')) {
    speech.cancel();
    offer();
    speech.addEventListener?.('voiceschanged', offer);
    player.querySelector('[data-play]').addEventListener('click', () => {
      if (state === 'speaking') pause();
      else play();
    });
    player.querySelector('[data-stop]').addEventListener('click', () => {
      stop();
      focusOn(player.querySelector('[data-play]'));
    });
    player.querySelector('[data-speeds] select').addEventListener('change', () => {
      if (state !== 'speaking') return;
      turn += 1;
      speech.cancel();
      speak();
    });
    addEventListener('pagehide', stop);
  }

  // Words explained where they stand. Without this, the link leads below and back.
  const terms = document.querySelectorAll('.reading a.term');
  const words = byId('words');
  if (terms.length && words && HTMLElement.prototype.showPopover) {
    const box = document.createElement('div');
    const close = document.createElement('button');
    let opener = null;
    Object.assign(box, { id: 'meaning', className: 'meaning', popover: 'auto', tabIndex: -1 });
    box.setAttribute('role', 'dialog');
    Object.assign(close, { type: 'button', className: 'button is-compact' });
    close.textContent = words.dataset.close;
    close.addEventListener('click', () => box.hidePopover());
    document.querySelector('main').append(box);
    for (const term of terms) {
      term.setAttribute('aria-haspopup', 'dialog');
      term.setAttribute('aria-details', term.hash.slice(1));
    }
    on('click', (event) => {
      const link = event.target.closest?.('.reading a.term');
      const entry = link && byId(link.hash.slice(1));
      if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const said = [...entry.querySelectorAll('dt, [data-meaning]')].map((part) => {
        const line = document.createElement('p');
        line.append(...[...part.childNodes].map((node) => node.cloneNode(true)));
        return line;
      });
      said[0].id = 'meaning-word';
      box.lang = link.closest('[lang]').lang;
      box.setAttribute('aria-labelledby', 'meaning-word');
      box.replaceChildren(...said, close);
      close.lang = document.documentElement.lang;
      opener = link;
      box.showPopover();
      box.focus();
    });
    box.addEventListener('toggle', ({ newState }) => {
      const isLost = box.contains(document.activeElement) || document.activeElement === document.body;
      if (newState === 'closed' && isLost) opener?.focus({ preventScroll: true });
    });
  }

  // Public modules kept on the device. The service worker keeps them and looks after them.
  const worker = navigator.serviceWorker;
  const SCOPE = '/library/';
  const registered = async () => {
    const found = await worker.getRegistration(SCOPE);
    return found?.scope.endsWith(SCOPE) ? found : null; // else the one of the whole portal
  };
  async function active() {
    const registration = await worker.register('/library/worker.js', {
      scope: SCOPE, updateViaCache: 'all',
    });
    const starting = registration.installing ?? registration.waiting;
    if (starting && !registration.active) {
      await new Promise((resolve) => {
        starting.addEventListener('statechange', () => starting.state === 'activated' && resolve());
      });
    }
    return registration.active;
  }
  async function ask(message) {
    const keepers = await active();
    return new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = ({ data }) => resolve(data);
      keepers.postMessage(message, [channel.port2]);
    });
  }
  const day = (at) => new Date(at).toLocaleDateString(document.documentElement.lang, {
    day: 'numeric', month: 'long', year: 'numeric',
  });
  const sized = (bytes) => Math.max(1, Math.round(bytes / 1000)).toLocaleString(document.documentElement.lang);
  const filled = (sentence, module) => sentence.replace('{day}', day(module.at))
    .replace('{size}', sized(module.bytes));

  const keeper = document.querySelector('[data-keep]');
  function showKept(module) {
    const status = keeper.querySelector('[data-status]');
    keeper.querySelector('[data-keep-it]').hidden = Boolean(module);
    keeper.querySelector('[data-forget-it]').hidden = !module;
    status.textContent = module ? filled(status.dataset.kept, module) : '';
  }
  async function change(button, message) {
    const status = keeper.querySelector('[data-status]');
    const others = [...keeper.querySelectorAll('button')];
    others.forEach((one) => one.setAttribute('aria-disabled', 'true'));
    status.textContent = message.keep ? status.dataset.busy : '';
    const { kept, error } = await ask(message);
    others.forEach((one) => one.removeAttribute('aria-disabled'));
    showKept(kept);
    if (error) status.textContent = status.dataset.failed;
    else if (!message.keep) status.textContent = status.dataset.forgotten;
    if (button.hidden) focusOn([...keeper.querySelectorAll('button')].find((one) => !one.hidden));
  }
  async function lookUp() {
    const { keep: slug } = keeper.dataset;
    keeper.hidden = false;
    keeper.addEventListener('click', ({ target }) => {
      const button = target.closest('button');
      if (!button || button.getAttribute('aria-disabled')) return;
      change(button, button.matches('[data-keep-it]') ? { keep: slug } : { forget: slug });
    });
    // Whoever keeps nothing has no worker to ask, and needs none.
    if (await registered()) showKept((await ask({ list: true })).modules.find((one) => one.slug === slug));
  }

  const shelf = document.querySelector('[data-shelf]');
  function shelfRow(module) {
    const row = shelf.querySelector('template').content.cloneNode(true);
    const link = row.querySelector('a');
    link.href = '/library/' + encodeURIComponent(module.slug) + '/1';
    link.textContent = module.title;
    link.lang = module.lang;
    row.querySelector('[data-details]').textContent = filled(shelf.dataset.shelf, module);
    const button = row.querySelector('button');
    button.append(' ');
    const name = document.createElement('span');
    name.className = 'visually-hidden';
    name.textContent = module.title;
    button.append(name);
    button.addEventListener('click', () => forget({ forget: module.slug }));
    return row;
  }
  async function forget(message) {
    await ask(message);
    await fill();
    shelf.querySelector('[data-status]').textContent = shelf.dataset.forgotten;
    focusOn(document.querySelector('h1'));
  }
  async function fill() {
    const { modules } = await ask({ list: true });
    shelf.querySelector('ul').replaceChildren(...modules.map(shelfRow));
    shelf.querySelector('[data-forget-all]').hidden = modules.length < 2;
    shelf.querySelector('[data-none]').hidden = modules.length > 0;
  }
  if (worker && window.caches) {
    if (keeper) lookUp();
    if (shelf) {
      shelf.querySelector('[data-forget-all]').addEventListener('click', () => forget({ forget: true }));
      registered().then((found) => found && fill());
    }
    const shortcut = document.querySelector('[data-has-kept]');
    if (shortcut) registered().then((found) => { shortcut.hidden = !found; });
  }
})();

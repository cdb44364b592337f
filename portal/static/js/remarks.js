// On the page of a module that is reviewed: words that are selected can be remarked upon.
// Without it, each passage has a link of its own.
(() => {
  'use strict';
  const LONGEST = 300;
  const bar = document.getElementById('remark-bar');
  const link = bar?.querySelector('a');
  if (!link) return;
  const address = link.getAttribute('href');

  function selected() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return null;
    const start = selection.getRangeAt(0).startContainer;
    const element = start.nodeType === Node.ELEMENT_NODE ? start : start.parentElement;
    const place = element?.closest('[data-passage]')?.closest('[data-place]')?.dataset.place;
    const quote = selection.toString().split(/\s+/).filter(Boolean).join(' ').slice(0, LONGEST);
    return place && quote ? { place, quote } : null;
  }

  document.addEventListener('selectionchange', () => {
    const found = selected();
    // The bar stays while it is used: touching it takes the selection away on some phones.
    if (!found) return setTimeout(() => { if (!selected()) bar.hidden = true; }, 300);
    link.href = `${address}?${new URLSearchParams(found)}`;
    bar.hidden = false;
  });
})();

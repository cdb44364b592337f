// In the editor, which works without it: marks at the selection, and a text that waits for the
// network instead of going away with the page.
(() => {
  'use strict';
  const { on } = window.relais;
  const form = document.querySelector('[data-writing]');
  const keeper = form?.querySelector('[hx-post]');
  if (!keeper) return;
  let timer = 0;
  document.querySelectorAll('[data-without-script]').forEach((one) => { one.hidden = true; });

  // What stands around the selection, or in its place when nothing is selected.
  const AROUND = { bold: ['**', '**'], term: ['[', '](term:)'], link: ['[', '](https://)'] };
  const BEFORE = { heading: '## ', list: '- ', 'key-point': '!! ' };
  on('click', (event) => {
    const button = event.target.closest('[data-tool]');
    const body = button && form.querySelector('textarea[name="body"]');
    if (!body) return;
    event.preventDefault();
    mark(body, button.dataset.tool);
    body.dispatchEvent(new Event('input', { bubbles: true }));
  });
  function mark(body, tool) {
    const [start, end] = [body.selectionStart, body.selectionEnd];
    const words = body.value.slice(start, end);
    body.focus();
    if (AROUND[tool]) {
      const [before, after] = AROUND[tool];
      const close = tool === 'term' && words ? '](term:' + words + ')' : after;
      body.setRangeText(before + words + close, start, end, 'end');
      if (!words) body.selectionStart = body.selectionEnd = start + before.length;
      return;
    }
    const line = body.value.lastIndexOf('\n', start - 1) + 1;
    const lines = body.value.slice(line, end).split('\n');
    const marked = lines.map((one) => BEFORE[tool] + one).join('\n');
    const apart = line > 0 && body.value[line - 2] !== '\n' ? '\n' : '';
    body.setRangeText(apart + marked, line, end, 'end');
  }

  // Until the server has it, the page is not left without a word, and it is tried again. What is
  // typed while a request is under way is not in it: only the input before it counts as kept.
  let typed = 0;
  let kept = 0;
  const asked = new WeakMap();
  const isUnsaved = () => typed > kept;
  on('input', ({ target }) => { if (form.contains(target)) typed += 1; });
  on('htmx:before:request', ({ detail: { ctx } }) => asked.set(ctx, typed));
  on('htmx:after:request', ({ detail: { ctx } }) => {
    if (ctx.sourceElement !== keeper) return;
    const status = ctx.response?.status ?? 0;
    if (status >= 200 && status < 300) kept = Math.max(kept, asked.get(ctx) ?? 0);
    else if (status >= 500) failed();
  });
  on('htmx:error', ({ detail: { ctx } }) => { if (ctx?.sourceElement === keeper) failed(); });
  function failed() {
    const line = document.querySelector('[data-kept]');
    if (line) line.textContent = form.dataset.writing;
    clearTimeout(timer);
    timer = setTimeout(again, 10000);
  }
  function again() {
    if (isUnsaved() && navigator.onLine) keeper.dispatchEvent(new Event('keep'));
  }
  addEventListener('online', again);
  on('submit', (event) => {
    // A form that cannot leave stays: relais.js stops it then, and this listener comes later.
    if (event.target === form && !event.defaultPrevented) kept = typed;
  });
  addEventListener('beforeunload', (event) => { if (isUnsaved()) event.preventDefault(); });
})();

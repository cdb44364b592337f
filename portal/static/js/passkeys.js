// Passkeys: the forms marked data-passkey, where the browser knows WebAuthn. What the device signs
// travels in a field of the form, so that the answer is an ordinary page.
(() => {
  'use strict';
  const forms = document.querySelectorAll('form[data-passkey]');
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  // Our own conversion: password managers answer with objects whose toJSON() fails.
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  };
  const written = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const withId = (one) => ({ ...one, id: bytes(one.id) });

  function parsed(options) {
    const made = { ...options, challenge: bytes(options.challenge) };
    if (made.user) made.user = withId(made.user);
    for (const list of ['allowCredentials', 'excludeCredentials']) {
      if (made[list]) made[list] = made[list].map(withId);
    }
    return made;
  }
  function asText({ id, rawId, type, response }) {
    const fields = { transports: response.getTransports?.() };
    for (const name of [
      'clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle',
    ]) {
      if (response[name]?.byteLength) fields[name] = written(response[name]);
    }
    return JSON.stringify({ id, rawId: written(rawId), type, response: fields });
  }

  // What the device answers; nothing when the page after the form says better why it cannot.
  async function ask(form) {
    const answer = await fetch(`${form.action}/options`, { method: 'POST' });
    if (answer.status >= 500) throw new Error('unavailable');
    if (!answer.ok) return '';
    const publicKey = parsed(await answer.json());
    const act = publicKey.user ? 'create' : 'get';
    return asText(await navigator.credentials[act]({ publicKey }));
  }

  // The sentences stand on the form, in the language of the page.
  function say(form, { name }) {
    const reasons = { NotAllowedError: 'cancelled', AbortError: 'cancelled' };
    const toast = document.createElement('p');
    toast.className = 'toast';
    toast.textContent = name === 'InvalidStateError' && form.dataset.known
      ? form.dataset.known
      : form.dataset[reasons[name] ?? 'failed'];
    const region = document.getElementById('announcements');
    region?.replaceChildren();
    // After a pause: a screen reader repeats a sentence only when it saw the region empty.
    setTimeout(() => region?.replaceChildren(toast), 50);
    // It lies over the foot of the page, and stays until it is read: only a tap takes it away.
    toast.addEventListener('click', () => toast.remove());
  }

  const answered = new WeakSet();
  async function touch(form, button) {
    if (button?.getAttribute('aria-disabled') === 'true') return;
    button?.setAttribute('aria-disabled', 'true');
    try {
      form.querySelector('[name="credential"]').value = await ask(form);
    } catch (error) {
      say(form, error);
      return;
    } finally {
      button?.removeAttribute('aria-disabled');
    }
    answered.add(form);
    form.requestSubmit(button);
    answered.delete(form);
  }
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      // A field that is missing is said by the server, before the device makes a key.
      if (answered.has(form) || !form.checkValidity()) return;
      event.preventDefault();
      touch(form, event.submitter);
    });
  }
  document.querySelectorAll('[data-no-passkey]').forEach((words) => { words.hidden = true; });
})();

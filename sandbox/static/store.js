// What the page knows, how it asks the server, and who wants to hear of changes.

export const store = { people: [], bot: '', bot_email: '', run: '', who: '', view: '', rooms: [], skew: 0 };

async function ask(path, options) {
  const answer = await fetch(path, options).catch(() => { throw new Error('The demo does not answer. Is it still running?'); });
  const body = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {};
  if (!answer.ok) throw new Error(body.error ?? `The demo answered ${answer.status}.`);
  return body;
}
export const get = (path, query = {}) => {
  const search = new URLSearchParams(query).toString();
  return ask(`sandbox/${path}${search ? `?${search}` : ''}`);
};
export const post = (path, body) => ask(`sandbox/${path}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});

const listeners = {};
export const on = (what, listener) => (listeners[what] ??= []).push(listener);
export const tell = (what, detail) => (listeners[what] ?? []).forEach((listener) => listener(detail));

export const person = (key = store.who) => store.people.find((p) => p.key === key);
export const siteNow = () => Date.now() + store.skew;

/** Runs at most once per `wait` ms, always once more after the last call. */
export function calm(work, wait = 80) {
  let timer = null, again = false, busy = false;
  const run = async () => {
    timer = null; busy = true; again = false;
    try { await work(); } catch (error) { console.warn(error); } finally { busy = false; }
    if (again) call();
  };
  const call = () => { if (busy) again = true; else timer ??= setTimeout(run, wait); };
  return call;
}

let fading;
export function toast(text) {
  const element = document.getElementById('toast');
  element.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { element.textContent = ''; }, 4500);
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
export const still = matchMedia('(prefers-reduced-motion: reduce)');

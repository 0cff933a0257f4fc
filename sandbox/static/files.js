// Files on their way into a chat: chosen from the disk, or one of the samples.
import { on, store } from './store.js';
import { SAMPLES, ofDisk, sample } from './samples.js';
import { h, size } from './words.js';

const tray = document.getElementById('tray');
const picker = document.getElementById('picker');
const button = document.getElementById('attach');
const menu = document.getElementById('samples');
let waiting = [];

/** What waits to be sent, as the server takes it; and nothing waits any more. */
export function take() { const files = waiting; waiting = []; draw(); return files; }
export const some = () => waiting.length > 0;
export function putBack(files) { waiting = [...files, ...waiting]; draw(); }

export async function attachSample(kind, name, lines) { add(await sample(kind, name, lines)); }

function add(file) {
  if (file) waiting.push(file);
  draw();
}

function draw() {
  tray.hidden = !waiting.length;
  tray.replaceChildren(...waiting.map((f) => h('span', { class: 'file' }, f.name, h('small', {}, size(f.size)),
    h('button', { type: 'button', class: 'link', 'aria-label': `Leave out ${f.name}`, onclick: () => { waiting = waiting.filter((w) => w !== f); draw(); } }, '✕'))));
}

// -- the button and its menu

function unfold(open) {
  menu.hidden = !open;
  button.setAttribute('aria-expanded', String(open));
  if (open) menu.querySelector('button').focus();
}
menu.append(h('button', { type: 'button', role: 'menuitem', onclick: () => { unfold(false); picker.click(); } }, 'A file of yours …'),
  ...SAMPLES.map(({ kind, label }) => h('button', { type: 'button', role: 'menuitem', 'data-sample': kind, onclick: () => { unfold(false); attachSample(kind).then(() => document.getElementById('words').focus()); } }, `Sample: ${label.replace(/^A /, "a ")}`)));
button.addEventListener('click', () => unfold(menu.hidden));
menu.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = [...menu.children];
  if (step) { all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus(); event.preventDefault(); }
});
document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !menu.hidden) { unfold(false); button.focus(); event.stopPropagation(); } }, true);
document.addEventListener('click', (event) => { if (!menu.hidden && !menu.contains(event.target) && !button.contains(event.target)) unfold(false); });
picker.addEventListener('change', async () => {
  for (const f of picker.files) add(await ofDisk(f));
  picker.value = '';
});
let place = '';
on('shown', () => {
  if (place && place !== `${store.who} ${store.view}`) take();
  place = `${store.who} ${store.view}`;
});

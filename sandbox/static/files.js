// Files on their way: chosen from the disk, or one of the samples that are drawn here, in the browser.
import { on, store, toast } from './store.js';
import { h, size } from './words.js';

const tray = document.getElementById('tray');
const picker = document.getElementById('picker');
const button = document.getElementById('attach');
const menu = document.getElementById('samples');
const BIGGEST = 10_000_000;
let waiting = [];

const LABELS = { screenshot: 'A sample screenshot (PNG)', proof: 'A sample proof (PDF)', scorecard: 'A sample scorecard (CSV)' };
const NAMES = { screenshot: 'screenshot.png', proof: 'proof.pdf', scorecard: 'scorecard.csv' };

/** What waits to be sent, as the server takes it; and nothing waits any more. */
export function take() { const files = waiting; waiting = []; draw(); return files; }
export const some = () => waiting.length > 0;
export function putBack(files) { waiting = [...files, ...waiting]; draw(); }

export async function attachSample(kind, name, lines) { add(await sample(kind, name, lines)); }

function add(file) {
  if (file) waiting.push(file);
  draw();
}

function packed({ name, type, bytes }) {
  if (bytes.length > BIGGEST) return toast(`${name} is larger than 10 MB.`);
  return { name, type, size: bytes.length, base64: encoded(bytes) };
}

/** A sample, and a file of the disk, ready to be sent. */
export const sample = async (kind, name = NAMES[kind], lines = []) => packed({ name, ...await MAKE[kind](lines) });
export const ofDisk = async (f) => packed({ name: f.name, type: f.type || 'application/octet-stream', bytes: new Uint8Array(await f.arrayBuffer()) });

function encoded(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}

function draw() {
  tray.hidden = !waiting.length;
  tray.replaceChildren(...waiting.map((f) => h('span', { class: 'file' }, f.name, h('small', {}, size(f.size)),
    h('button', { type: 'button', class: 'link', 'aria-label': `Leave out ${f.name}`, onclick: () => { waiting = waiting.filter((w) => w !== f); draw(); } }, '✕'))));
}

const text = new TextEncoder();
const MAKE = {
  async screenshot(lines) {
    const canvas = h('canvas', { width: 960, height: 540 });
    const c = canvas.getContext('2d');
    c.fillStyle = '#f4f6f7'; c.fillRect(0, 0, 960, 540);
    c.fillStyle = '#1d6b66'; c.fillRect(0, 0, 960, 72);
    c.fillStyle = '#ffffff'; c.font = '600 28px sans-serif'; c.fillText(lines[0] ?? 'Sample screenshot', 32, 46);
    c.fillStyle = '#23282d'; c.font = '22px sans-serif';
    (lines.slice(1).length ? lines.slice(1) : ['Drawn by the demo. Nobody’s data is on it.']).forEach((line, i) => c.fillText(line, 32, 130 + i * 40));
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    return { type: 'image/png', bytes: new Uint8Array(await blob.arrayBuffer()) };
  },
  /** One page, written by hand: the catalogue, a page, a font, the words, and where each begins. */
  async proof(lines) {
    const words = (lines.length ? lines : ['Sample proof', 'Made by the demo. Nobody’s data is on it.']).map((l) => l.replace(/[^ -~]/g, "'").replace(/[\\()]/g, '\\$&'));
    const drawn = `BT /F1 20 Tf 60 760 Td 28 TL ${words.map((l) => `(${l}) Tj T*`).join(' ')} ET`;
    const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>', `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`];
    let out = '%PDF-1.4\n';
    const starts = objects.map((object, i) => { const at = out.length; out += `${i + 1} 0 obj\n${object}\nendobj\n`; return at; });
    const table = out.length;
    out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${starts.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`;
    out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
    return { type: 'application/pdf', bytes: text.encode(out) };
  },
  async scorecard(lines) {
    return { type: 'text/csv', bytes: text.encode(`${(lines.length ? lines : ['call,score', '1,90', '2,88', '3,91', '4,86', '5,93']).join('\n')}\n`) };
  },
};

// -- the button and its menu

function unfold(open) {
  menu.hidden = !open;
  button.setAttribute('aria-expanded', String(open));
  if (open) menu.querySelector('button').focus();
}
menu.append(h('button', { type: 'button', role: 'menuitem', onclick: () => { unfold(false); picker.click(); } }, 'A file of yours …'),
  ...Object.entries(LABELS).map(([kind, label]) => h('button', { type: 'button', role: 'menuitem', onclick: () => { unfold(false); attachSample(kind).then(() => document.getElementById('words').focus()); } }, label)));
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

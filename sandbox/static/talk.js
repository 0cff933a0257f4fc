// One conversation: messages with their buttons, files and threads, and the composer.
import { calm, get, on, person, post, store, tell, toast } from './store.js';
import { putBack, some, take } from './files.js';
import { day, emoji, escape, face, h, hue, initials, markdown, size, time } from './words.js';

const section = document.getElementById('talk');
const log = document.getElementById('log');
const list = document.getElementById('messages');
const scroller = document.getElementById('scroll');
const form = document.getElementById('composer');
const words = document.getElementById('words');
const threading = document.getElementById('threading');
const FIVE_MINUTES = 300000;
let shown = '', known = new Map(), thread = '';

const room = () => store.rooms.find((r) => r.id === store.view);
const atBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;

export const reload = calm(async () => {
  if (!room()) return;
  const place = `${store.who} ${store.view}`;
  const messages = await get('messages', { as: store.who, room: store.view });
  if (place === `${store.who} ${store.view}`) draw(place, messages);
}, 40);

function draw(place, messages) {
  const fresh = place !== shown;
  const stick = fresh || atBottom() || messages.at(-1)?.mine;
  if (fresh) { known = new Map(); log.setAttribute('aria-live', 'off'); threadWith(null); }
  const next = new Map();
  const nodes = [];
  let before = null;
  for (const m of messages) {
    if (!before || day(before.at) !== day(m.at)) nodes.push(kept(next, `day ${day(m.at)}`, '', () => h('li', { class: 'day' }, day(m.at))));
    const card = m.buttons.length || before?.buttons.length;
    const first = !before || card || before.by !== m.by || m.at - before.at > FIVE_MINUTES || before.thread !== m.thread || !!before.system !== !!m.system || day(before.at) !== day(m.at);
    const quoted = m.thread && before?.thread !== m.thread;
    nodes.push(kept(next, m.id, JSON.stringify([m, first, quoted]), () => message(m, first, quoted), !fresh));
    before = m;
  }
  if (!messages.length) nodes.push(h('li', { class: 'empty' }, 'Nothing was said here yet.'));
  known = next; shown = place;
  nodes.forEach((node, i) => { if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null); });
  while (list.children.length > nodes.length) list.lastChild.remove();
  if (stick) scroller.scrollTop = scroller.scrollHeight;
  if (fresh) setTimeout(() => log.setAttribute('aria-live', 'polite'), 400);
}

/** The node of last time if nothing about it changed: focus and hover survive a redraw. */
function kept(next, id, signature, make, glow = false) {
  const old = known.get(id);
  const node = old?.signature === signature ? old.node : make();
  if (glow && !old && !node.classList.contains('day')) node.classList.add('fresh');
  next.set(id, { signature, node });
  return node;
}

function message(m, first, quoted) {
  const body = h('div', { class: 'body', html: m.system ? escape(`${m.name} ${m.system}`) : markdown(m.text) });
  const extras = m.system ? [] : [
    m.notes.map(note),
    m.files.length ? h('div', { class: 'files' }, m.files.map(file)) : null,
    m.buttons.length ? h('div', { class: 'choices', role: 'group', 'aria-label': 'Answers' }, m.buttons.map((b) => choice(m, b))) : null,
    Object.keys(m.reactions).length ? h('div', { class: 'reactions' }, Object.entries(m.reactions).map(([e, names]) => h('span', { title: names.join(', ') }, `${emoji(e)} ${names.length}`))) : null,
    m.edited ? h('span', { class: 'aside' }, '(edited)') : null,
  ];
  body.append(...extras.flat().filter(Boolean));
  const name = m.mine ? `${m.name} (you)` : m.name;
  const line = h('div', { class: 'line' }, h('b', {}, name), ' ', h('time', { datetime: new Date(m.at).toISOString() }, time(m.at)),
    h('button', { type: 'button', class: 'link reply', title: `Reply to ${m.name} in a thread`, onclick: () => threadWith(m) }, 'reply in thread'));
  return h('li', { class: `said ${first ? 'first' : ''} ${m.thread ? 'inside' : ''} ${m.system ? 'system' : ''}`, 'data-id': m.id },
    quoted ? h('div', { class: 'root' }, m.root ? `In the thread “${plain(m.root.text) || 'a card'}”` : 'In a thread') : null,
    first && !m.system ? face(m.by, m.name, store.bot) : h('span'),
    first && !m.system ? h('div', {}, line, body) : body);
}

const plain = (text) => text.replace(/[*_`~]/g, '').split('\n')[0].slice(0, 80);

function note(n) {
  const box = h('div', { class: 'note' });
  if (/^#[0-9a-f]{3,8}$/i.test(n.color)) box.style.borderLeftColor = n.color;
  if (n.title) box.append(h('b', { class: 'title' }, n.title));
  if (n.text) box.append(h('div', { html: markdown(n.text) }));
  if (n.fields.length) box.append(h('dl', {}, n.fields.flatMap((f) => [h('dt', {}, f.title), h('dd', { html: markdown(f.value) })])));
  return n.title || n.text || n.fields.length ? box : null;
}

const file = (f) => h('button', { type: 'button', class: 'file', onclick: () => tell('paper', f) }, f.name, h('small', {}, size(f.size)));

/** A press posts the button's text as this person and disables nothing, as in Rocket.Chat. */
function choice(m, b) {
  if (b.url) return h('a', { class: 'button', href: b.url, target: '_blank', rel: 'noopener noreferrer' }, b.label);
  return h('button', {
    type: 'button',
    onclick: () => post('press', { as: store.who, message: m.id, label: b.label }).catch((e) => toast(e.message)),
  }, b.label);
}

function threadWith(m) {
  thread = m ? m.thread || m.id : '';
  threading.hidden = !m;
  if (m) { threading.firstElementChild.textContent = `In the thread of “${plain(m.text) || m.name}” –`; words.focus(); }
}
threading.querySelector('button').addEventListener('click', () => { threadWith(null); words.focus(); });

export async function send(text) {
  const files = take();
  try {
    await post('say', { as: store.who, room: store.view, text, thread, files });
  } catch (error) {
    putBack(files);
    throw error;
  }
  words.value = ''; fit();
  scroller.scrollTop = scroller.scrollHeight;
}

export function fill(text) { words.value = text; fit(); words.focus(); }

function fit() { words.style.height = 'auto'; words.style.height = `${words.scrollHeight + 2}px`; }
words.addEventListener('input', fit);
words.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
});
form.addEventListener('submit', (event) => { event.preventDefault(); if (words.value.trim() || some()) send(words.value).catch((e) => toast(e.message)); });

on('shown', () => {
  const place = room();
  section.hidden = !place;
  if (!place) { shown = ''; return; }
  const direct = place.kind === 'bot' || place.kind === 'person';
  const head = document.getElementById('talk-face');
  head.className = `face ${place.kind === 'bot' ? 'bot' : direct ? '' : 'hash'}`;
  head.style.setProperty('--hue', hue(place.name));
  head.textContent = direct ? initials(place.name) : '#';
  if (place.kind === 'bot') head.innerHTML = '<svg viewBox="0 0 20 20"><path d="M5 10.6l3.4 3.4L15 6.6"/></svg>';
  document.getElementById('talk-title').textContent = place.name;
  const p = person();
  document.getElementById('talk-sub').textContent = direct ? `Direct message, seen as ${p.name}` : `Channel, seen as ${p.name}`;
  words.placeholder = `Write as ${p.name.split(' ')[0]}`;
  reload();
});
on('message', (event) => { if (event.room === store.view) reload(); });

// People, grouped by role; the chosen one's mailbox and rooms hang below the name.
import { on, person, store, tell } from './store.js';
import { face, h } from './words.js';

const ICONS = {
  mail: '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5.5h14v9.5H3zM3.4 6l6.6 5 6.6-5"/></svg>',
  bot: '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 4.5h12v8.5H9l-3 3v-3H4z"/></svg>',
  person: '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="7" r="3"/><path d="M4.5 16c.8-3 2.9-4.3 5.5-4.3s4.7 1.3 5.5 4.3"/></svg>',
  group: '<svg viewBox="0 0 20 20" aria-hidden="true"><rect x="5" y="9" width="10" height="7" rx="1.5"/><path d="M7.2 9V6.8a2.8 2.8 0 0 1 5.6 0V9"/></svg>',
  channel: '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M8 4L6.5 16M13.5 4L12 16M4 8h12.5M3.5 12H16"/></svg>',
};
const holder = document.getElementById('people');

function place(id, icon, name, unread, kind) {
  return h('li', {}, h('button', {
    type: 'button', class: 'place', 'aria-current': store.view === id ? 'true' : false, 'data-go': id,
    onclick: () => tell('go', { who: store.who, view: id }),
  }, h('span', { html: ICONS[icon], style: 'flex:none;display:grid' }), h('span', {}, name), badge(unread, kind)));
}

const badge = (n, kind) => (n ? h('em', { class: `count ${kind}` }, n > 99 ? '99+' : String(n), h('span', { class: 'away' }, kind ? ' unread mails' : ' unread messages')) : null);

function entry(p) {
  const chosen = p.key === store.who;
  const button = h('button', {
    type: 'button', class: 'person', 'aria-expanded': String(chosen), 'data-person': p.key,
    onclick: () => tell('go', { who: p.key, view: chosen ? store.view : '' }),
  }, face(p.username, p.name, store.bot), h('span', { class: 'who' }, h('b', {}, p.name), h('i', {}, p.title)),
  chosen ? null : badge(p.chat, ''), chosen ? null : badge(p.mail, 'mail'));
  if (!chosen) return h('li', {}, button);
  const rooms = store.rooms.map((r) => place(r.id, r.kind, r.kind === 'bot' ? `${r.name} (the bot)` : r.name, r.unread, ''));
  return h('li', {}, button, h('ul', { class: 'places' }, place('mail', 'mail', 'Mailbox', p.mail, 'mail'), rooms));
}

function draw() {
  const focus = document.activeElement?.closest?.('#people button');
  const held = focus && (focus.dataset.go ? `[data-go="${focus.dataset.go}"]` : `[data-person="${focus.dataset.person}"]`);
  const groups = Map.groupBy ? Map.groupBy(store.people, (p) => p.group) : grouped(store.people);
  holder.replaceChildren(...[...groups].flatMap(([name, members], i) => [
    h('h2', { id: `g${i}` }, name || 'People'), h('ul', { 'aria-labelledby': `g${i}` }, members.map(entry)),
  ]));
  if (held) holder.querySelector(held)?.focus();
}

function reveal() {
  holder.querySelector('.person[aria-expanded="true"]')?.parentElement.scrollIntoView({ block: 'nearest' });
}

function grouped(people) {
  const groups = new Map();
  for (const p of people) groups.set(p.group, [...(groups.get(p.group) ?? []), p]);
  return groups;
}

holder.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...holder.querySelectorAll('button')];
  const next = buttons[buttons.indexOf(document.activeElement) + step];
  if (next) { next.focus(); event.preventDefault(); }
});

on('people', draw);
on('rooms', () => {
  const few = holder.querySelectorAll('.place').length;
  draw();
  if (holder.querySelectorAll('.place').length > few) reveal();
});
on('shown', () => {
  const p = person();
  document.title = p ? `${p.name} – certdesk demo` : 'certdesk – the demo';
  draw();
  reveal();
});

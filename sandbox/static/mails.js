// Every mail the bot can write, with example facts: as a phone shows it, as a desk does, and as plain text.
import { get } from './store.js';
import { h } from './words.js';

const all = document.getElementById('all');
const index = document.getElementById('index');
const buttons = [...document.querySelectorAll('[data-show]')];
const HEAD = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'"><base target="_blank">';

function show(width) {
  all.dataset.width = width;
  for (const b of buttons) b.setAttribute('aria-pressed', String(b.dataset.show === width));
  all.querySelectorAll('iframe').forEach(fit);
}
for (const b of buttons) b.addEventListener('click', () => show(b.dataset.show));

/** As tall as what is in it, so that nothing scrolls inside. */
function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page || !frame.offsetWidth) return;
  frame.style.height = '0';
  frame.style.height = `${page.scrollHeight + 2}px`;
}

/** No scripts, no forms, nothing from outside. */
function leaf(mail) {
  const frame = h('iframe', { sandbox: 'allow-same-origin allow-popups', loading: 'lazy', title: mail.subject, onload: () => fit(frame) });
  frame.srcdoc = HEAD + mail.html;
  return frame;
}

function article([template, mails], n) {
  const [first] = mails;
  index.append(h('li', {}, h('a', { href: `#m${n}` }, h('small', {}, first.spec.split(' ')[0] || '·'), first.name)));
  return h('article', { id: `m${n}` }, h('h2', {}, [first.spec, first.name].filter(Boolean).join(' ')), h('p', {}, `${first.recipients} `, h('code', {}, template)),
    mails.flatMap((mail) => [h('h3', {}, mail.subject), leaf(mail), h('pre', { tabindex: '0' }, mail.text)]));
}

try {
  const found = new Map();
  for (const mail of await get('letters')) found.set(mail.template, [...(found.get(mail.template) ?? []), mail]);
  all.replaceChildren(...[...found].map(article));
  show('640');
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch (error) {
  all.replaceChildren(h('p', { class: 'empty', role: 'alert' }, error.message));
}
addEventListener('resize', () => all.querySelectorAll('iframe').forEach(fit));

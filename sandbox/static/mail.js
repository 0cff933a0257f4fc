// One person's mailbox: what came and what was sent, the letter with its tabs, and attachments on paper.
import { calm, get, on, person, siteNow, store, tell, toast } from './store.js';
import { day, h, shortDay, size, time } from './words.js';
import { back, deeds, repeats, write } from './write.js';

const section = document.getElementById('post');
const list = document.getElementById('mails');
const letter = document.getElementById('letter');
const room = section.querySelector('.mailroom');
const boxes = section.querySelectorAll('[data-box]');
const compose = document.getElementById('compose');
let open = null, tab = 'mail', sent = false;

export const reload = calm(async () => {
  if (store.view !== 'mail') return;
  const who = store.who, box = sent;
  const mails = await get('mailbox', { as: who, ...(box ? { sent: 1 } : {}) });
  if (who !== store.who || box !== sent) return;
  draw(mails);
  if (open === null && mails.length && innerWidth > 760 && !letter.firstChild) show(mails[0].id, false);
  if (!mails.length) list.replaceChildren(h('li', { class: 'empty' }, sent ? 'Nothing sent so far.' : 'No mail so far.'));
}, 60);

/** The newest letter, or the newest whose subject holds these words, opened on narrow screens too. */
export async function newest(words = '') {
  if (sent) { choose(false); reload(); }
  const mail = (await get('mailbox', { as: store.who })).find((m) => m.subject.includes(words));
  if (mail) await show(mail.id, false);
}

function draw(mails) {
  const focused = document.activeElement?.dataset?.mail;
  list.replaceChildren(...mails.map((m) => h('li', {}, h('button', {
    type: 'button', class: `mailline ${m.read ? '' : 'new'}`, 'data-mail': m.id, 'aria-current': m.id === open ? 'true' : false,
    onclick: () => show(m.id, true),
  }, h('b', {}, m.subject), h('small', {}, h('span', {}, sent ? `to ${m.from}` : sender(m.from)), h('time', {}, day(m.at) === day(siteNow()) ? time(m.at) : `${shortDay(m.at)}, ${time(m.at)}`)),
  m.read ? null : h('span', { class: 'away' }, 'unread')))));
  if (focused) list.querySelector(`[data-mail="${focused}"]`)?.focus();
}

const sender = (from) => from.replace(/\s*<.*>$/, '').replace(/^"|"$/g, '') || from;

export async function show(id, focus) {
  const mail = await get(`mail/${id}`, { as: store.who }).catch((e) => toast(e.message));
  if (!mail) return;
  open = id;
  room.classList.add('reading');
  tab = mail.html ? 'mail' : 'text';
  const rows = [['From', mail.from], ['To', mail.to], ['Cc', mail.cc], ['Reply to', mail.reply_to], ['Sent', `${shortDay(mail.at)}, ${time(mail.at)}`]];
  const sheet = h('div', { class: 'sheet', role: 'tabpanel', id: 'sheet' });
  const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'How to show the mail' });
  const choose = (name) => { tab = name; sheet.replaceChildren(leaf(mail)); for (const b of tabs.children) { b.setAttribute('aria-selected', String(b.dataset.tab === name)); b.tabIndex = b.dataset.tab === name ? 0 : -1; } };
  for (const [name, label] of [...(mail.html ? [['mail', 'Mail']] : []), ['text', 'Text'], ['headers', 'Headers']])
    tabs.append(h('button', { type: 'button', role: 'tab', 'data-tab': name, 'aria-controls': 'sheet', onclick: () => choose(name) }, label));
  tabs.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...tabs.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    choose(next.dataset.tab); next.focus();
  });
  const files = mail.files.length ? h('div', { class: 'files', 'aria-label': 'Attachments' }, mail.files.map((f) =>
    h('button', { type: 'button', class: 'file', onclick: () => tell('paper', f) }, f.name, h('small', {}, size(f.size))))) : null;
  letter.replaceChildren(
    h('div', { class: 'bar' }, back(), store.bot_email ? (sent ? repeats(mail) : deeds(mail)) : null),
    h('h3', {}, mail.subject),
    h('dl', {}, rows.filter(([, v]) => v).flatMap(([k, v]) => [h('dt', {}, k), h('dd', {}, v)])),
    ...(files ? [files] : []), tabs, sheet);
  choose(tab);
  letter.scrollTop = 0;
  if (focus) letter.focus({ preventScroll: true });
  tell('refresh');
  reload();
}

/** HTML mail runs in a sandbox without scripts, forms or anything from outside. */
function leaf(mail) {
  if (tab === 'headers') return h('pre', { tabindex: '0' }, [`Envelope-From: ${mail.envelope.from}`, `Envelope-To: ${mail.envelope.to.join(', ')}`, '', ...mail.headers.map(([k, v]) => `${k}: ${v}`)].join('\n'));
  if (tab === 'text') return h('pre', { tabindex: '0' }, mail.text || '(no text part)');
  const head = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'"><base target="_blank">';
  const frame = h('iframe', { sandbox: 'allow-popups allow-popups-to-escape-sandbox', title: `Mail: ${mail.subject}` });
  frame.srcdoc = head + mail.html;
  return frame;
}

on('shown', () => {
  section.hidden = store.view !== 'mail';
  if (section.hidden) return;
  const p = person();
  open = null;
  choose(false);
  letter.replaceChildren();
  for (const b of boxes) b.hidden = !store.bot_email;
  compose.hidden = !store.bot_email;
  room.classList.remove('reading');
  document.getElementById('post-title').textContent = 'Mailbox';
  document.getElementById('post-sub').textContent = [p.name, ...p.emails].join(' · ');
  reload();
});
on('mail', reload);
on('closed', () => { open = null; });
on('sent', reload);
compose.addEventListener('click', () => write({ to: store.bot_email, subject: '' }));

// -- what came, what was sent

function choose(box) {
  sent = box;
  for (const b of boxes) b.setAttribute('aria-pressed', String((b.dataset.box === 'sent') === sent));
}
for (const b of boxes) b.addEventListener('click', () => {
  choose(b.dataset.box === 'sent');
  open = null;
  letter.replaceChildren();
  room.classList.remove('reading');
  reload();
});

// -- attachments

const paper = document.getElementById('paper');
on('paper', (f) => {
  const body = document.getElementById('paper-body');
  document.getElementById('paper-name').textContent = f.name;
  const save = document.getElementById('paper-save');
  save.href = `${f.url}?download`;
  save.setAttribute('download', f.name);
  if (f.type.startsWith('image/')) body.replaceChildren(h('img', { src: f.url, alt: f.name }));
  else if (f.type === 'application/pdf' || f.type === 'text/plain' || f.type === 'text/calendar') body.replaceChildren(h('iframe', { src: f.url, title: f.name }));
  else body.replaceChildren(h('p', { class: 'empty' }, 'This kind of file can only be downloaded.'));
  paper.showModal();
});
document.getElementById('paper-close').addEventListener('click', () => paper.close());
paper.addEventListener('click', (event) => { if (event.target === paper) paper.close(); });
paper.addEventListener('close', () => document.getElementById('paper-body').replaceChildren());

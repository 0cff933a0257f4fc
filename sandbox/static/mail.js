// One person's mailbox: lines, the letter with its tabs, and attachments on paper.
import { ofDisk, sample } from './files.js';
import { calm, get, on, pause, person, post, siteNow, still, store, tell, toast } from './store.js';
import { day, h, shortDay, size, time } from './words.js';

const section = document.getElementById('post');
const list = document.getElementById('mails');
const letter = document.getElementById('letter');
const room = section.querySelector('.mailroom');
let open = null, whose = '', tab = 'mail';

export const reload = calm(async () => {
  if (store.view !== 'mail') return;
  const who = store.who;
  const mails = await get('mailbox', { as: who });
  if (who !== store.who) return;
  if (whose !== who) { whose = who; open = null; room.classList.remove('reading'); letter.replaceChildren(); }
  draw(mails);
  if (open === null && mails.length && innerWidth > 760 && !letter.firstChild) show(mails[0].id, false);
  if (!mails.length) letter.replaceChildren(h('p', { class: 'empty' }, 'No mail so far.'));
}, 60);

/** The newest letter, opened on narrow screens too. */
export async function newest() {
  const [mail] = await get('mailbox', { as: store.who });
  if (mail) await show(mail.id, false);
}

function draw(mails) {
  const focused = document.activeElement?.dataset?.mail;
  list.replaceChildren(...mails.map((m) => h('li', {}, h('button', {
    type: 'button', class: `mailline ${m.read ? '' : 'new'}`, 'data-mail': m.id, 'aria-current': m.id === open ? 'true' : false,
    onclick: () => show(m.id, true),
  }, h('b', {}, m.subject), h('small', {}, h('span', {}, sender(m.from)), h('time', {}, day(m.at) === day(siteNow()) ? time(m.at) : `${shortDay(m.at)}, ${time(m.at)}`)),
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
    h('div', { class: 'bar' }, back(), store.bot_email ? h('button', { type: 'button', class: 'quiet', onclick: () => write({ answers: mail.id, to: mail.reply_to || mail.from, subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}` }) }, 'Answer') : null),
    h('h3', {}, mail.subject),
    h('dl', {}, rows.filter(([, v]) => v).flatMap(([k, v]) => [h('dt', {}, k), h('dd', {}, v)])),
    ...(files ? [files] : []), tabs, sheet);
  choose(tab);
  letter.scrollTop = 0;
  if (focus) letter.focus({ preventScroll: true });
  tell('refresh');
  reload();
}

const back = () => h('button', { type: 'button', class: 'back quiet', onclick: () => { open = null; room.classList.remove('reading'); list.querySelector('button')?.focus(); } }, '‹ All mail');

// -- writing

const compose = document.getElementById('compose');
compose.addEventListener('click', () => write({ to: store.bot_email, subject: '' }));

/** A mail as this person: to the bot's address it comes in by the bot's own door. */
function write({ to, subject, answers = null }) {
  open = null;
  room.classList.add('reading');
  const as = store.who;
  let files = [];
  const tray = h('div', { class: 'files', hidden: true });
  const disk = h('input', { type: 'file', multiple: true, hidden: true, 'aria-label': 'A file of yours' });
  const add = (file) => {
    if (file) files.push(file);
    tray.hidden = !files.length;
    tray.replaceChildren(...files.map((f) => h('span', { class: 'file' }, f.name, h('small', {}, size(f.size)),
      h('button', { type: 'button', class: 'link', 'aria-label': `Leave out ${f.name}`, onclick: () => { files = files.filter((x) => x !== f); add(null); } }, '✕'))));
  };
  disk.addEventListener('change', async () => { for (const f of disk.files) add(await ofDisk(f)); disk.value = ''; });
  const field = (name, label, value) => h('label', {}, h('span', {}, label), h('input', { name, value, autocomplete: 'off' }));
  const form = h('form', { class: 'writing', 'aria-label': 'A new mail' }, back(), h('h3', {}, answers === null ? 'A new mail' : 'An answer'),
    field('to', 'To', to), field('subject', 'Subject', subject), h('label', {}, h('span', {}, 'Text'), h('textarea', { name: 'text', rows: 8 })), tray, disk,
    h('div', { class: 'choices' }, h('button', { type: 'button', onclick: () => disk.click() }, 'Attach a file …'),
      ...[['screenshot', 'Sample screenshot'], ['proof', 'Sample PDF'], ['scorecard', 'Sample CSV']].map(([kind, label]) => h('button', { type: 'button', onclick: async () => add(await sample(kind)) }, label))),
    h('button', { type: 'submit' }, 'Send'));
  const send = async () => {
    await post('write', { as, ...Object.fromEntries(new FormData(form)), answers, files });
    toast('Sent.');
    room.classList.remove('reading');
    letter.replaceChildren(h('p', { class: 'empty' }, 'Sent. The bot’s answer comes in chat or by mail.'));
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); send().catch((error) => toast(error.message)); });
  letter.replaceChildren(form);
  form.elements[answers === null ? 'subject' : 'text'].focus();
  return { form, add, send };
}

/** The tour's way: the mail is written before one's eyes, then sent. */
export async function mail({ to, subject, text, file }) {
  const draft = write({ to, subject });
  draft.form.elements.text.value = text;
  if (file) draft.add(await sample(file.kind, file.name, file.lines));
  await pause(still.matches ? 0 : 900);
  await draft.send();
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
  letter.replaceChildren();
  compose.hidden = !store.bot_email;
  room.classList.remove('reading');
  document.getElementById('post-title').textContent = 'Mailbox';
  document.getElementById('post-sub').textContent = [p.name, ...p.emails].join(' · ');
  reload();
});
on('mail', reload);

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

// Mail on its way out: a new one, an answer, a forward; and what a mailbox does by itself. Says what became of each.
import { SAMPLES, ofDisk, sample } from './samples.js';
import { get, pause, person, post, still, store, tell, toast } from './store.js';
import { h, size } from './words.js';

const letter = document.getElementById('letter');
const room = document.querySelector('#post .mailroom');
let program = 'gmail', busy = false;

const PROGRAMS = [['gmail', 'as Gmail does'], ['outlook', 'as Outlook does'], ['apple', 'as an iPhone does'], ['none', 'not at all']];
const CHECKS = [['pass', 'it is genuine (pass)'], ['fail', 'it is forged (fail)'], ['none', 'it cannot tell (none)']];

export const back = () => h('button', { type: 'button', class: 'back quiet', onclick: () => { tell('closed'); room.classList.remove('reading'); document.querySelector('#mails button')?.focus(); } }, '‹ All mail');

/** A button that unfolds others; Escape or a click elsewhere folds it again. */
export function menu(label, items) {
  const fold = h('details', { class: 'menu' }, h('summary', {}, label), h('div', {}, items));
  fold.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && fold.open) { fold.open = false; fold.firstChild.focus(); event.stopPropagation(); }
  });
  fold.addEventListener('click', (event) => { if (event.target.closest('div button')) fold.open = false; });
  return fold;
}
document.addEventListener('click', (event) => { for (const fold of document.querySelectorAll('details.menu[open]')) if (!fold.contains(event.target)) fold.open = false; });

// -- answering what was read

const own = () => new Set((person()?.emails ?? []).map((e) => e.toLowerCase()));
const titled = (word, subject) => (new RegExp(`^${word}:`, 'i').test(subject) ? subject : `${word}: ${subject}`);
const listed = (...lines) => lines.filter(Boolean).join(', ');

/** Who else read it, but for oneself and those the answer goes to already. */
function others(mail, to) {
  const all = listed(mail.to, mail.cc).match(/[^\s@<>,;"]+@[^\s@<>,;"]+/g) ?? [], mine = own(), known = to.toLowerCase();
  return [...new Set(all)].filter((a) => !mine.has(a.toLowerCase()) && !known.includes(a.toLowerCase())).join(', ');
}

/** What one can do with a mail that came. */
export function deeds(mail) {
  const to = mail.reply_to || mail.from, from = mail.recipients.find((a) => own().has(a.toLowerCase()));
  const answer = (cc) => write({ answers: mail.id, to, cc, from, subject: titled('Re', mail.subject) });
  const act = (name, body) => () => quietly(report(() => post(name, { as: store.who, mail: mail.id, ...body })));
  const button = (label, deed) => h('button', { type: 'button', class: 'quiet', onclick: deed }, label);
  return [
    button('Answer', () => answer('')),
    others(mail, to) ? button('Answer all', () => answer(others(mail, to))) : null,
    button('Forward', () => write({ answers: mail.id, forward: true, to: '', from, subject: titled('Fwd', mail.subject) })),
    mail.sender ? menu('More', [
      h('p', {}, 'What this mailbox may do by itself'),
      button('Answer: out of office', act('auto', { kind: 'away' })),
      button('Answer: automatic receipt', act('auto', { kind: 'receipt' })),
      button('Bounce: no such mailbox', act('bounce', { why: 'unknown' })),
      button('Bounce: mailbox full', act('bounce', { why: 'full' })),
    ]) : null,
  ];
}

/** What one can do with a mail one wrote. */
export function repeats(mail) {
  const again = (fresh) => () => quietly(report(() => post('again', { as: store.who, mail: mail.id, fresh })));
  return [
    h('button', { type: 'button', class: 'quiet', title: 'As when a mail server delivers twice', onclick: again(false) }, 'Send it again'),
    h('button', { type: 'button', class: 'quiet', title: 'The same words, a new Message-ID', onclick: again(true) }, 'Again, as a new mail'),
  ];
}

/** Do it, then say in one sentence what became of it. */
async function report(deed) {
  if (busy) return undefined;
  busy = true;
  const from = store.who;
  toast('On its way …');
  try {
    const done = await deed();
    toast(store.who === from && store.view === 'mail' ? '' : done.said);
    tell('sent');
    if (store.who !== from || store.view !== 'mail') return done;  // one has gone elsewhere meanwhile
    room.classList.add('reading');
    letter.replaceChildren(back(), h('div', { class: 'outcome', role: 'status' }, h('h3', {}, 'What became of it'), h('p', {}, done.said),
      done.links.length ? h('div', { class: 'choices' }, done.links.map((l) => h('button', { type: 'button', onclick: () => tell('go', l) }, `Look: ${l.label}`))) : null));
    return done;
  } catch (error) {
    toast(error.message);
    throw error;
  } finally {
    busy = false;
  }
}
const quietly = (work) => work.catch(() => {});  // it was told already

// -- writing

const pick = (name, label, pairs, chosen) => h('label', {}, h('span', {}, label), h('select', { name }, pairs.map(([value, words]) => h('option', { value, selected: value === chosen }, words))));
const field = (name, label, value) => h('label', {}, h('span', {}, label), h('input', { name, value, autocomplete: 'off' }));

/** A mail as this person: what goes to the bot's address comes in by the bot's own door. */
export function write({ to, cc = '', subject, from, answers = null, forward = false, auth = 'pass' }) {
  tell('closed');
  room.classList.add('reading');
  const as = store.who, emails = person()?.emails ?? [];
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
  const offered = (wrong) => SAMPLES.filter((s) => Boolean(s.wrong) === wrong).map((s) => h('button', { type: 'button', class: 'quiet', 'data-sample': s.kind, onclick: async () => add(await sample(s.kind)) }, s.label));
  const more = h('details', { class: 'advanced' }, h('summary', {}, 'More'),
    cc ? null : field('cc', 'Cc', ''),
    emails.length > 1 ? pick('from', 'From', emails.map((e) => [e, e]), from ?? emails[0]) : null,
    pick('auth', 'Our mail server finds', CHECKS, auth),
    answers === null ? null : pick('program', forward ? 'What is handed on stands below' : 'What is answered stands below', PROGRAMS, program));
  if (auth !== 'pass') more.open = true;
  const title = forward ? 'A forward' : answers === null ? 'A new mail' : 'An answer';
  const form = h('form', { class: 'writing', 'aria-label': title }, back(), h('h3', {}, title),
    field('to', 'To', to), cc ? field('cc', 'Cc', cc) : null, field('subject', 'Subject', subject), h('label', {}, h('span', {}, 'Text'), h('textarea', { name: 'text', rows: 7 })), tray, disk,
    h('div', { class: 'choices' }, h('button', { type: 'button', onclick: () => disk.click() }, 'Attach a file …'),
      menu('Attach a sample', [h('p', {}, 'As it should be'), ...offered(false), h('p', {}, 'Wrong in one way'), ...offered(true)])),
    more, h('button', { type: 'submit' }, 'Send'));
  const send = () => {
    const { program: chosen, ...words } = Object.fromEntries(new FormData(form));
    program = chosen ?? program;
    return report(() => post('write', { as, ...words, program: answers === null ? 'none' : program, answers, forward, files }));
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); quietly(send()); });
  letter.replaceChildren(form);
  letter.scrollTop = 0;
  form.elements[forward ? 'to' : answers === null ? 'subject' : 'text'].focus();
  return { form, add, send };
}

/** The tour's way: the mail is written before one's eyes, then sent. */
export async function mail({ to, subject, text, file, auth }) {
  const draft = write({ to, subject, auth });
  draft.form.elements.text.value = text;
  if (file) draft.add(await sample(file.kind, file.name, file.lines));
  await pause(still.matches ? 0 : 900);
  await draft.send();
}

/** The tour's way: the bot's newest mail to that person comes back, or his mailbox answers it by itself. */
export async function byItself(name, choice) {
  const newest = (await get('mailbox', { as: store.who })).find((m) => m.from.includes(store.bot_email));
  if (!newest) throw new Error(`${person().name} has no mail of the bot’s yet. Are the steps before this one done?`);
  await report(() => post(name, { as: store.who, mail: newest.id, ...choice }));
}

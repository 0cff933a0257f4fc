// The guided tour: steps from tour.json, each with a button that does it.
import { attachSample } from './files.js';
import { get, pause, person, post, still, store, tell, toast } from './store.js';
import { newest } from './mail.js';
import { fill, send } from './talk.js';
import { h, time } from './words.js';
import { byItself, mail } from './write.js';

const panel = document.getElementById('tour');
const toggle = document.getElementById('tour-toggle');
let tour = null, busy = false;
const memory = () => `tour ${store.run}`;
const done = () => new Set(JSON.parse(sessionStorage.getItem(memory()) ?? '[]'));
const keep = (seen) => sessionStorage.setItem(memory(), JSON.stringify([...seen]));

export async function begin() {
  tour = await (await fetch('static/tour.json')).json();
  panel.replaceChildren(h('h2', {}, tour.title), h('p', {}, tour.intro), ...tour.chapters.map(chapter));
  const wide = innerWidth > 1180;
  unfold(wide);
  mark();
}

function unfold(open) { panel.hidden = !open; toggle.setAttribute('aria-expanded', String(open)); }
toggle.addEventListener('click', () => { unfold(panel.hidden); if (!panel.hidden) (panel.querySelector('.step.next button') ?? panel.querySelector('button'))?.focus(); });
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !panel.hidden && innerWidth <= 1180) { unfold(false); toggle.focus(); }
});

function chapter(c, i) {
  return h('details', { class: 'chapter', 'data-chapter': i }, h('summary', {}, c.title, h('small', {})), c.steps.map((s, n) => {
    const id = `${i}.${n}`;
    return h('div', { class: 'step', 'data-step': id, 'data-n': n + 1 }, h('h3', {}, s.title), h('p', {}, s.sentence),
      h('button', { type: 'button', onclick: () => perform(id, s) }, s.button));
  }), h('div', { class: 'skipping' }, h('button', { type: 'button', class: 'link', onclick: () => skip(i) }, 'Skip this chapter')));
}

/** No chapter needs an earlier one: what it shows is there from the start. */
function skip(i) {
  const seen = done();
  keep(seen.add(`skip ${i}`));
  panel.querySelector(`[data-chapter="${i}"]`).open = false;
  mark()?.querySelector('button').focus();
}

function mark() {
  const seen = done();
  const steps = [...panel.querySelectorAll('.step')];
  const skipped = (step) => seen.has(`skip ${step.dataset.step.split('.')[0]}`);
  const next = steps.find((s) => !seen.has(s.dataset.step) && !skipped(s));
  for (const s of steps) {
    s.classList.toggle('done', seen.has(s.dataset.step));
    s.classList.toggle('next', s === next);
  }
  for (const c of panel.querySelectorAll('.chapter')) {
    const all = [...c.querySelectorAll('.step')], past = all.filter((s) => seen.has(s.dataset.step)).length;
    const over = past === all.length, left = !over && seen.has(`skip ${c.dataset.chapter}`);
    c.querySelector('summary small').textContent = over ? 'done' : left ? 'skipped' : `${past} of ${all.length}`;
    c.classList.toggle('skipped', left);
    c.querySelector('.skipping').hidden = over || left;
    if (next && c.contains(next)) c.open = true;
  }
  return next;
}

async function perform(id, step) {
  if (busy) return;
  busy = true;
  const element = panel.querySelector(`[data-step="${id}"]`);
  element.querySelector('.trouble')?.remove();
  try {
    for (const deed of [step.do].flat()) await DEEDS[Object.keys(deed)[0]](Object.values(deed)[0]);
    const seen = done().add(id);
    seen.delete(`skip ${id.split('.')[0]}`);
    keep(seen);
    const next = mark();
    if (next && next.parentElement !== element.parentElement) element.parentElement.open = false;
    next?.scrollIntoView({ block: 'nearest', behavior: still.matches ? 'auto' : 'smooth' });
    if (innerWidth <= 760) unfold(false);
  } catch (error) {
    element.append(h('p', { class: 'trouble', role: 'alert' }, error.message));
  } finally {
    busy = false;
  }
}

const DEEDS = {
  /** Switch to the person, put the words into the composer, let them be seen, send them. */
  async say({ as, room = 'bot', text = '', ref, file }) {
    await go(as, room);
    if (file) await attachSample(file.kind, file.name, file.lines);
    const words = text.includes('{ref}') ? text.replace('{ref}', await reference(ref ?? { as: 'ana', match: 'F-\\d+' })) : text;
    fill(words);
    await pause(still.matches ? 0 : 650);
    await send(words);
  },
  /** Press the newest button so labelled; wait a little for the bot to have shown it. */
  async press({ as, label, room }) {
    await go(as, room ?? 'bot');
    for (let tries = 0; ; tries += 1) {
      try {
        const pressed = await post('press', { as, label });
        await go(as, pressed.room);
        return;
      } catch (error) {
        if (tries >= 10) throw new Error(`${person(as)?.name ?? as} sees no button “${label}”. Are the steps before this one done?`);
        await pause(300);
      }
    }
  },
  async mail({ as, ...words }) { await go(as, 'mail'); await mail(words); },
  async bounce({ as, ...choice }) { await go(as, 'mail'); await byItself('bounce', choice); },
  async auto({ as, ...choice }) { await go(as, 'mail'); await byItself('auto', choice); },
  async look({ as, view = 'bot', subject }) { await go(as, view); if (view === 'mail') await newest(subject); },
  async clock(by) {
    toast('The clock moves.');
    const advance = typeof by === 'object' ? await until(by.to) : by;
    if (advance) await post('clock', { advance });
    await pause(200);
    toast('');
  },
};

/** Seconds until that time of today, site time; 0 within the half hour after it. */
async function until(to) {
  const { now } = await get('state');
  const minutes = (clock) => clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const left = minutes(to) * 60 - minutes(time(now)) * 60 - Math.floor((now / 1000) % 60);
  if (left < -1800) throw new Error(`It is ${time(now)} already, and this is for ${to}. Move the clock to the next morning, or start the demo anew.`);
  return Math.max(left, 0);
}

/** The case's number, as the bot last told that person. */
async function reference({ as, match }) {
  const rooms = await get('rooms', { as });
  const talk = rooms.find((r) => r.kind === 'bot');
  const messages = talk ? await get('messages', { as, room: talk.id, peek: 1 }) : [];
  for (const m of messages.reverse()) {
    const found = `${m.text} ${m.notes.map((n) => n.text).join(' ')}`.match(new RegExp(match));
    if (found) return found[0];
  }
  throw new Error('No case number was seen yet. Are the steps before this one done?');
}

const go = (who, view) => new Promise((arrived, failed) => tell('go', { who, view, arrived, failed }));

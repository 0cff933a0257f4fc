// The guided tour: steps from tour.json, each with a button that does it.
import { get, pause, person, post, still, store, tell, toast } from './store.js';
import { fill, send } from './talk.js';
import { h } from './words.js';

const panel = document.getElementById('tour');
const toggle = document.getElementById('tour-toggle');
let tour = null;
const memory = () => `tour ${store.run}`;
const done = () => new Set(JSON.parse(sessionStorage.getItem(memory()) ?? '[]'));

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
  }));
}

function mark() {
  const seen = done();
  const steps = [...panel.querySelectorAll('.step')];
  const next = steps.find((s) => !seen.has(s.dataset.step));
  for (const s of steps) {
    s.classList.toggle('done', seen.has(s.dataset.step));
    s.classList.toggle('next', s === next);
  }
  for (const c of panel.querySelectorAll('.chapter')) {
    const all = [...c.querySelectorAll('.step')], past = all.filter((s) => seen.has(s.dataset.step)).length;
    c.querySelector('summary small').textContent = past === all.length ? 'done' : `${past} of ${all.length}`;
    if (next && c.contains(next)) c.open = true;
  }
  return next;
}

async function perform(id, step) {
  const element = panel.querySelector(`[data-step="${id}"]`);
  element.querySelector('.trouble')?.remove();
  try {
    for (const deed of [step.do].flat()) await DEEDS[Object.keys(deed)[0]](Object.values(deed)[0]);
    const seen = done().add(id);
    sessionStorage.setItem(memory(), JSON.stringify([...seen]));
    const next = mark();
    if (next && next.parentElement !== element.parentElement) element.parentElement.open = false;
    next?.scrollIntoView({ block: 'nearest', behavior: still.matches ? 'auto' : 'smooth' });
    if (innerWidth <= 760) unfold(false);
  } catch (error) {
    element.append(h('p', { class: 'trouble', role: 'alert' }, error.message));
  }
}

const DEEDS = {
  /** Switch to the person, put the words into the composer, let them be seen, send them. */
  async say({ as, room = 'bot', text, ref }) {
    await go(as, room);
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
  async look({ as, view = 'bot' }) { await go(as, view); },
  async clock(by) { toast('The clock moves.'); await post('clock', { advance: by }); await pause(200); },
};

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

const go = (who, view) => new Promise((arrived) => tell('go', { who, view, arrived }));

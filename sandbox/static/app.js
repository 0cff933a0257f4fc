// Puts the page together: who is looking at what, the clock, and news from the server.
import { calm, get, on, person, post, store, tell, toast } from './store.js';
import { setZone, shortDay, time } from './words.js';
import './side.js';
import './talk.js';
import './mail.js';
import { begin } from './tour.js';

const side = document.getElementById('side');
const menu = document.getElementById('menu');

async function people() {
  const state = await get('state');
  if (store.run && store.run !== state.run) return location.reload();  // another demo stands behind this address now
  Object.assign(store, { people: state.people, bot: state.bot, bot_email: state.bot_email, run: state.run, skew: state.now - Date.now() });
  setZone(state.tz);
  document.getElementById('moves').hidden = !state.clock;
  document.getElementById('letters').hidden = !state.letters;
  tick();
  tell('people');
}

async function rooms() {
  const who = store.who;
  const places = person(who)?.username ? await get('rooms', { as: who }) : [];
  if (who === store.who) store.rooms = places;
  tell('rooms');
}

const refresh = calm(async () => { await people(); await rooms(); }, 120);

/** Show a person's view: a room id, "mail", "bot", "#name", or "" for the place best looked at first. */
async function go({ who, view, arrived }) {
  const to = person(who) ? who : store.people[0]?.key ?? '';
  const known = to === store.who && store.rooms.some((r) => r.id === view);
  const places = known ? store.rooms : person(to)?.username ? await get('rooms', { as: to }) : [];
  Object.assign(store, { who: to, rooms: places });  // at once: nobody asks for one's room as another
  const bot = store.rooms.find((r) => r.kind === 'bot');
  const named = store.rooms.find((r) => r.id === view || r.name === view);
  store.view = view === 'mail' ? 'mail' : named?.id ?? bot?.id ?? store.rooms[0]?.id ?? 'mail';
  const hash = `#${encodeURIComponent(store.who)}/${encodeURIComponent(store.view)}`;
  if (location.hash !== hash) history.replaceState(null, '', hash);
  drawer(false);
  tell('shown');
  refresh();
  arrived?.();
}

function drawer(open) {
  side.classList.toggle('open', open);
  menu.setAttribute('aria-expanded', String(open));
  if (open) side.querySelector('.person[aria-expanded="true"]')?.focus();
}
menu.addEventListener('click', () => drawer(!side.classList.contains('open')));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && side.classList.contains('open')) { drawer(false); menu.focus(); }
});
document.getElementById('main').addEventListener('click', () => drawer(false));

function tick() {
  const now = Date.now() + store.skew;
  const element = document.getElementById('now');
  element.innerHTML = `<small>${shortDay(now)}</small>${time(now)}`;
  element.dateTime = new Date(now).toISOString();
}

for (const button of document.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', () => {
    const by = button.dataset.advance;
    post('clock', { advance: by === 'next_morning' ? by : Number(by) }).then(refresh, (error) => toast(error.message));
  });
}

function listen() {
  const source = new EventSource('sandbox/events');
  let broken = false;
  source.onopen = () => { if (broken) { broken = false; tell('message', { room: store.view }); tell('mail'); refresh(); } };
  source.onerror = () => { broken = true; };
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.kind === 'message' || event.kind === 'deleted') tell('message', event);
    if (event.kind === 'mail') tell('mail', event);
    refresh();
  };
}

on('go', (place) => go(place).catch(place.failed ?? ((error) => toast(error.message))));
on('refresh', refresh);

await people();
const [who = '', view = ''] = location.hash.slice(1).split('/').map(decodeURIComponent);
await go({ who, view });
await begin();
listen();
setInterval(tick, 1000);

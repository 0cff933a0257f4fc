// Words and times: markdown-light to safe HTML, dates in the site's zone, initials, sizes.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escape = (text) => String(text).replace(/[&<>"']/g, (c) => ENTITIES[c]);

const EMOJI = { white_check_mark: '✅', warning: '⚠️', '+1': '👍', tada: '🎉', bell: '🔔', x: '❌', clock3: '🕒', email: '✉️', eyes: '👀', heart: '❤️', wave: '👋', hourglass: '⌛', lock: '🔒', memo: '📝', calendar: '📅' };
export const emoji = (text) => text.replace(/:([a-z0-9_+]+):/g, (all, name) => EMOJI[name] ?? all);

/** One line: code first, so that nothing inside it is read as markup. */
function inline(line) {
  const kept = [];
  const keep = (html) => `\u0000${kept.push(html) - 1}\u0000`;
  let out = line
    .replace(/`([^`]+)`/g, (_, code) => keep(`<code>${escape(code)}</code>`))
    .replace(/\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g, (_, label, url) => keep(link(url, label)))
    .replace(/https?:\/\/[^\s<>)\]]+[^\s<>)\].,;:!?]/g, (url) => keep(link(url, url)));
  out = emoji(escape(out))
    .replace(/\*\*(?=\S)(.+?)\*\*|(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])/g, '<strong>$1$2</strong>')
    .replace(/(?<![\w])_(?=\S)([^_]+?)(?<=\S)_(?![\w])/g, '<em>$1</em>')
    .replace(/~~?(?=\S)([^~]+?)~~?/g, '<s>$1</s>')
    .replace(/(?<![\w@])@([\w.-]*\w)/g, '<span class="mention">@$1</span>');
  // eslint-disable-next-line no-control-regex
  return out.replace(/\u0000(\d+)\u0000/g, (_, n) => kept[n]);
}

const link = (url, label) => `<a href="${escape(url)}" target="_blank" rel="noopener noreferrer">${escape(label)}</a>`;

/** Rocket.Chat's markdown, the part of it people use: paragraphs, lists, quotes, code. */
export function markdown(text) {
  const blocks = [];
  const parts = String(text).split(/```(?:\w*\n)?([\s\S]*?)```/);
  parts.forEach((part, i) => {
    if (i % 2) return blocks.push(`<pre>${escape(part.trim())}</pre>`);
    for (const chunk of part.split(/\n{2,}/)) {
      const lines = chunk.split('\n').filter((l) => l.trim());
      let plain = [];
      const flush = () => { if (plain.length) blocks.push(`<p>${plain.join('<br>')}</p>`); plain = []; };
      for (const line of lines) {
        const item = line.match(/^\s*(?:[-*•]|(\d+)[.)])\s+(.*)$/);
        const quote = line.match(/^>\s?(.*)$/);
        const title = line.match(/^#{1,4}\s+(.*)$/);
        if (!item && !quote && !title) { plain.push(inline(line)); continue; }
        flush();
        if (item) blocks.push(`<li${item[1] ? ` class="numbered" value="${item[1]}"` : ''}>${inline(item[2])}</li>`);
        else if (quote) blocks.push(`<blockquote>${inline(quote[1])}</blockquote>`);
        else blocks.push(`<h3>${inline(title[1])}</h3>`);
      }
      flush();
    }
  });
  return blocks.join('').replace(/(?:<li[^>]*>.*?<\/li>)+/g, (list) => `<ul>${list}</ul>`);
}

export const initials = (name) => name.split(/[\s.-]+/).filter(Boolean).map((w) => w[0]).slice(0, 2).join('').toUpperCase();
export const hue = (name) => [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7);
export const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

let zone = 'UTC';
export const setZone = (tz) => { zone = tz; };
const format = (options) => (ms) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(ms);
export const time = (ms) => format({ hour: '2-digit', minute: '2-digit' })(ms);
export const day = (ms) => format({ weekday: 'long', day: 'numeric', month: 'long' })(ms);
export const shortDay = (ms) => format({ weekday: 'short', day: 'numeric', month: 'short' })(ms);

/** An element: h('button', {class: 'x', onclick: f}, 'text', child). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'html') element.innerHTML = value;
    else if (name === 'style') element.style.cssText = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((c) => c != null && c !== false));
  return element;
}

export function face(username, name, bot) {
  if (username === bot) return h('span', { class: 'face bot', 'aria-hidden': 'true', html: '<svg viewBox="0 0 20 20"><path d="M5 10.6l3.4 3.4L15 6.6"/></svg>' });
  return h('span', { class: 'face', 'aria-hidden': 'true', style: `--hue:${hue(username || name)}` }, initials(name));
}

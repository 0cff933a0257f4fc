// Files drawn here, in the browser: proofs as they should be, and some that are wrong in one way each.
import { person, toast } from './store.js';
import { h } from './words.js';

const BIGGEST = 10_000_000;

/** What the menus offer: kind, what it is called, and whether something is wrong with it. */
export const SAMPLES = [
  { kind: 'screenshot', label: 'A screenshot (PNG)' },
  { kind: 'checkmarks', label: 'Screenshot with 13 green checkmarks' },
  { kind: 'proof', label: 'A proof (PDF)' },
  { kind: 'tbt', label: 'Proof of a TBT (PDF)' },
  { kind: 'xlsx', label: 'Gus’s scorecard (XLSX)' },
  { kind: 'scorecard', label: 'A scorecard without a name (CSV)', wrong: true },
  { kind: 'swapped', label: 'Gus’s scorecard, names swapped (XLSX)', wrong: true },
  { kind: 'tiny', label: 'A picture too small to read (PNG)', wrong: true },
  { kind: 'renamed', label: 'A program renamed .pdf', wrong: true },
];
const NAMES = {
  screenshot: 'screenshot.png', checkmarks: 'my-13-checkmarks.png', proof: 'proof.pdf', tbt: 'tbt-211629.pdf', scorecard: 'scorecard.csv',
  xlsx: 'Hale_Gus_[80%].xlsx', swapped: 'Gus_Hale_[80%].xlsx', tiny: 'thumb.png', renamed: 'certificate.pdf',
};

export function packed({ name, type, bytes }) {
  if (bytes.length > BIGGEST) return toast(`${name} is larger than 10 MB.`);
  return { name, type, size: bytes.length, base64: encoded(bytes) };
}

/** A sample, and a file of the disk, ready to be sent. */
export const sample = async (kind, name = NAMES[kind], lines = []) => packed({ name, ...await MAKE[kind](lines) });
export const ofDisk = async (f) => packed({ name: f.name, type: f.type || 'application/octet-stream', bytes: new Uint8Array(await f.arrayBuffer()) });

function encoded(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}

/** Whose it is stands on it: the same file from two people would be held. */
const whose = () => person()?.name ?? 'somebody';
const text = new TextEncoder();
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const SCORES = [['call', 'score'], [1, 90], [2, 82], [3, 91], [4, 93], [5, 90]];

/** A PNG of that size, drawn by `paint`. */
async function drawn(width, height, paint) {
  const canvas = h('canvas', { width, height });
  paint(canvas.getContext('2d'));
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  return { type: 'image/png', bytes: new Uint8Array(await blob.arrayBuffer()) };
}

function titled(c, width, height, title) {
  c.fillStyle = '#f4f6f7'; c.fillRect(0, 0, width, height);
  c.fillStyle = '#1d6b66'; c.fillRect(0, 0, width, 72);
  c.fillStyle = '#ffffff'; c.font = '600 28px sans-serif'; c.fillText(title, 32, 46);
  c.fillStyle = '#23282d'; c.font = '22px sans-serif';
}

/** One page, written by hand: the catalogue, a page, a font, the words, and where each begins. */
function pdf(lines) {
  const words = lines.map((l) => l.replace(/[^ -~]/g, "'").replace(/[\\()]/g, '\\$&'));
  const said = `BT /F1 20 Tf 60 760 Td 28 TL ${words.map((l) => `(${l}) Tj T*`).join(' ')} ET`;
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>', `<< /Length ${said.length} >>\nstream\n${said}\nendstream`];
  let out = '%PDF-1.4\n';
  const starts = objects.map((object, i) => { const at = out.length; out += `${i + 1} 0 obj\n${object}\nendobj\n`; return at; });
  const table = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${starts.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`;
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return { type: 'application/pdf', bytes: text.encode(out) };
}

/** A workbook of one sheet: five small XML files in a ZIP that packs nothing. */
function workbook(rows) {
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main', office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const kinds = 'application/vnd.openxmlformats-officedocument.spreadsheetml', links = 'http://schemas.openxmlformats.org/package/2006';
  const cell = (value, column, row) => (typeof value === 'number' ? `<c r="${'AB'[column]}${row}"><v>${value}</v></c>` : `<c r="${'AB'[column]}${row}" t="inlineStr"><is><t>${value}</t></is></c>`);
  const sheet = rows.map((row, i) => `<row r="${i + 1}">${row.map((value, n) => cell(value, n, i + 1)).join('')}</row>`).join('');
  return { type: XLSX, bytes: zip({
    '[Content_Types].xml': `${head}<Types xmlns="${links}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kinds}.worksheet+xml"/></Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${links}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Scorecard" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${links}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
  }) };
}

const CRC = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1; return n >>> 0; });
const crc = (bytes) => (bytes.reduce((c, b) => CRC[(c ^ b) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

/** Files by their path, as a ZIP archive without compression. */
function zip(files) {
  const parts = [], list = [];
  let at = 0;
  const field = (...pairs) => pairs.flatMap(([value, size]) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 255));
  for (const [path, words] of Object.entries(files)) {
    const name = text.encode(path), body = text.encode(words);
    const about = field([20, 2], [0, 2], [0, 2], [0, 2], [0x5d71, 2], [crc(body), 4], [body.length, 4], [body.length, 4], [name.length, 2], [0, 2]);
    parts.push([...field([0x04034b50, 4]), ...about, ...name, ...body]);
    list.push([...field([0x02014b50, 4], [20, 2]), ...about, ...field([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), ...name]);
    at += parts.at(-1).length;
  }
  const central = list.flat();
  const end = field([0x06054b50, 4], [0, 2], [0, 2], [list.length, 2], [list.length, 2], [central.length, 4], [at, 4], [0, 2]);
  return new Uint8Array([...parts.flat(), ...central, ...end]);
}

const MAKE = {
  screenshot: (lines) => drawn(960, 540, (c) => {
    titled(c, 960, 540, lines[0] ?? `Sample screenshot of ${whose()}`);
    (lines.slice(1).length ? lines.slice(1) : ['Drawn by the demo. Nobody’s data is on it.']).forEach((line, i) => c.fillText(line, 32, 130 + i * 40));
  }),
  checkmarks: () => drawn(960, 720, (c) => {
    titled(c, 960, 720, `Sample of ${whose()}: 13 of 13 complete`);
    for (let i = 0; i < 13; i += 1) {
      c.fillStyle = '#1a7f37'; c.fillText('✔', 32, 120 + i * 45);
      c.fillStyle = '#23282d'; c.fillText(`Part ${i + 1}: complete`, 72, 120 + i * 45);
    }
  }),
  tiny: () => drawn(120, 90, (c) => { c.fillStyle = '#1d6b66'; c.fillRect(0, 0, 120, 90); }),
  proof: async (lines) => pdf(lines.length ? lines : [`Sample proof of ${whose()}`, 'Made by the demo. Nobody’s data is on it.']),
  tbt: async () => pdf([`Sample completion proof of ${whose()}`, 'Course 211629', 'Made by the demo. Nobody’s data is on it.']),
  scorecard: async (lines) => ({ type: 'text/csv', bytes: text.encode(`${(lines.length ? lines : ['call,score', '1,90', '2,88', '3,91', '4,86', '5,93']).join('\n')}\n`) }),
  xlsx: async () => workbook(SCORES),
  swapped: async () => workbook(SCORES),
  /** The first bytes of a Windows program, which no name makes a PDF. */
  renamed: async () => ({ type: 'application/pdf', bytes: text.encode(`MZ\u0000\u0000${'This program cannot be run in DOS mode. '.repeat(20)}`) }),
};

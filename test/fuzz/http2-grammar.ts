import type { Random } from './random.ts';

export const DATA = 0;
export const HEADERS = 1;
const PRIORITY = 2;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
export const END_STREAM = 1;
const END_HEADERS = 4;
export const PADDED = 8;
const WITH_PRIORITY = 32;

/** A frame, whose length may be a lie. */
export interface FuzzFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** What the frame says of its length; absent for the truth. */
  readonly length?: number;
}

/** What has fooled gateways that translate from HTTP/2: each of these makes a request malformed or harmless. */
const ODD_FIELDS: readonly (readonly [string, string])[] = [
  ['transfer-encoding', 'chunked'],
  ['connection', 'close'],
  ['upgrade', 'h2c'],
  ['content-length', '0'],
  ['content-length', '3'],
  ['content-length', '3, 3'],
  ['content-length', '+3'],
  ['content-length', '99999999999999999999'],
  ['te', 'gzip'],
  ['host', 'other.test'],
  ['X-Upper', 'a'],
  ['x:y', 'a'],
  ['x y', 'a'],
  ['x\r\ny', 'a'],
  ['', 'a'],
  ['x-line', 'a\r\n\r\nGET /evil HTTP/1.1\r\nhost: h'],
  ['x-line', 'a\nx-evil: b'],
  ['x-line', 'a\rb'],
  ['x-nul', 'a\0b'],
  ['x-space', ' a '],
  ['x-high', '\xe0\xa0'],
  [':path', '/twice'],
  [':method', 'GET'],
  [':status', '200'],
  [':odd', 'a'],
  ['cookie', 'a=1'],
  ['cookie', 'b=2'],
  ['expect', '100-continue'],
];

const ODD_TARGETS = [
  '',
  '*',
  'x',
  '/a b',
  '/\r\nx: y',
  '/#f',
  'http://h/',
  '/%2e%2e/',
  '//',
  '/\xff',
];
const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'];
const ODD_METHODS = ['', 'CONNECT', 'TRACE', 'GET /evil HTTP/1.1\r\nx:', 'get', 'G\0T', 'PRI'];

/** A connection's frames, in order, behind the preface. */
export function someFrames(random: Random): FuzzFrame[] {
  const streams = Array.from({ length: random.between(1, 5) }, (_, i) =>
    framesOf(random, 2 * i + 1),
  );
  const frames: FuzzFrame[] = [frame(SETTINGS, 0, 0, someSettings(random))];
  // Heads come in the order of their numbers, the rest of each stream whenever it likes.
  for (let begun = 0; begun < streams.length || streams.some((items) => items.length > 0);) {
    const open = streams.slice(0, begun).filter((items) => items.length > 0);
    if (begun < streams.length && (open.length === 0 || random.chance(0.5))) begun++;
    const items = random.pick([...open, streams[begun - 1] ?? []]);
    frames.push(...(items.shift() ?? []));
    if (random.chance(0.1)) frames.push(aside(random));
  }
  return frames;
}

/** Of one stream; each item must not be interrupted. */
function framesOf(random: Random, stream: number): FuzzFrame[][] {
  const pieces = random.chance(0.5) ? random.between(1, 4) : 0;
  const items = [headFrames(random, stream, blockOf(random, stream), pieces === 0)];
  for (let left = pieces; left > 0; left--) {
    const data = Buffer.alloc(random.pick([0, 1, 3, 100, 5000, 16_000]), `${stream};`);
    const last = left === 1 && !random.chance(0.1);
    const pads = random.chance(0.2) ? random.below(200) : -1;
    const payload = pads === -1 ? data : padded(data, pads);
    items.push([
      frame(DATA, (last ? END_STREAM : 0) | (pads === -1 ? 0 : PADDED), stream, payload),
    ]);
  }
  if (random.chance(0.1)) {
    items.push(headFrames(random, stream, literal(random, 'x-trailer', `${stream}`), true));
  }
  if (random.chance(0.1)) items.push([frame(RST_STREAM, 0, stream, uint32(random.below(14)))]);
  return items;
}

function headFrames(random: Random, stream: number, block: Buffer, ends: boolean): FuzzFrame[] {
  const priority = random.chance(0.1);
  let whole = priority ? Buffer.concat([uint32(0), Buffer.from([15]), block]) : block;
  let flags = (ends ? END_STREAM : 0) | (priority ? WITH_PRIORITY : 0);
  if (random.chance(0.1)) {
    whole = padded(whole, random.below(100));
    flags |= PADDED;
  }
  if (!random.chance(0.2)) return [frame(HEADERS, flags | END_HEADERS, stream, whole)];
  const cut = random.below(whole.length);
  return [
    frame(HEADERS, flags, stream, whole.subarray(0, cut)),
    frame(CONTINUATION, END_HEADERS, stream, whole.subarray(cut)),
  ];
}

function blockOf(random: Random, stream: number): Buffer {
  const method = random.chance(0.05) ? random.pick(ODD_METHODS) : random.pick(METHODS);
  const path = random.chance(0.05) ? random.pick(ODD_TARGETS) : `/s${stream}`;
  const fields: (readonly [string, string])[] = [
    [':method', method],
    [':scheme', random.chance(0.05) ? random.pick(['https', '', 'x']) : 'http'],
    [':path', path],
    [':authority', random.chance(0.05) ? random.pick(['', 'a b', 'u@h', 'h:99999']) : 'h.test'],
    ...Array.from({ length: random.below(4) }, () => ['x-some', random.text('abc', 9)] as const),
  ];
  if (random.chance(0.25)) {
    fields.splice(random.between(0, fields.length), 0, random.pick(ODD_FIELDS));
  }
  const parts = fields.map(([name, value]) => literal(random, name, value));
  // Of the tables: a field without a value, or now and then anything, there or not.
  if (random.chance(0.2)) {
    const index = random.chance(0.9) ? random.between(17, 61) : random.below(128);
    parts.push(Buffer.from([0x80 | index]));
  }
  return Buffer.concat(parts);
}

/** A field that stands as it is, in one of the three forms. */
function literal(random: Random, name: string, value: string): Buffer {
  const form = random.pick([0x00, 0x10, 0x40]);
  return Buffer.concat([Buffer.from([form]), text(name), text(value)]);
}

function text(value: string): Buffer {
  const { length } = value;
  const prefix = length < 127 ? [length] : [127, ((length - 127) & 127) | 128, (length - 127) >> 7];
  return Buffer.concat([Buffer.from(prefix), Buffer.from(value, 'latin1')]);
}

/** A frame that belongs to no request. */
function aside(random: Random): FuzzFrame {
  const stream = random.chance(0.8) ? 0 : random.pick([1, 3, 9]);
  switch (random.below(5)) {
    case 0:
      return frame(PING, random.below(2), 0, Buffer.alloc(8));
    case 1:
      return frame(
        WINDOW_UPDATE,
        0,
        stream,
        uint32(random.chance(0.9) ? 1000 : random.pick([0, 0x7fff_ffff])),
      );
    case 2:
      return frame(SETTINGS, random.below(2), 0, someSettings(random));
    case 3:
      return frame(PRIORITY, 0, stream, Buffer.concat([uint32(0), Buffer.from([1])]));
    default:
      return frame(
        random.between(10, 255),
        random.below(256),
        stream,
        Buffer.alloc(random.below(50)),
      );
  }
}

/** What a client may ask for, by number of the setting. */
const SETTING_VALUES: readonly (readonly [number, readonly number[]])[] = [
  [1, [0, 100, 4096, 65_535]],
  [2, [0, 1]],
  [3, [0, 100]],
  [4, [0, 1, 1000, 65_535, 0x7fff_ffff]],
  [5, [16_384, 65_535, 0xff_ffff]],
  [99, [1]],
];
const ANY_VALUES = [0, 1, 1000, 0x7fff_ffff, 0xffff_ffff];

function someSettings(random: Random): Buffer {
  const settings = Array.from({ length: random.below(3) }, () => {
    const [id, values] = random.pick(SETTING_VALUES);
    const bytes = Buffer.alloc(6);
    bytes.writeUInt16BE(id);
    bytes.writeUInt32BE(random.pick(random.chance(0.95) ? values : ANY_VALUES), 2);
    return bytes;
  });
  return Buffer.concat(settings);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): FuzzFrame {
  return { type, flags, stream, payload };
}

function padded(payload: Buffer, pads: number): Buffer {
  return Buffer.concat([Buffer.from([pads]), payload, Buffer.alloc(pads)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

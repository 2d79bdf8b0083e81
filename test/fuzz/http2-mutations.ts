import type { FuzzFrame } from './http2-grammar.ts';
import type { Random } from './random.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** How many mutations a connection has. Most of them end it, so that few may come together. */
const COUNTS = [0, 0, 0, 1, 1, 1, 2, 3];

type Mutation = (random: Random, frames: FuzzFrame[], at: number) => void;

const mutations: readonly Mutation[] = [
  (random, frames, at) => change(frames, at, { type: random.below(12) }),
  (random, frames, at) => change(frames, at, { flags: frames[at]!.flags ^ (1 << random.below(8)) }),
  (random, frames, at) =>
    change(frames, at, { stream: random.pick([0, 1, 2, 3, 5, 7, 99, 2 ** 31 - 1]) }),
  (random, frames, at) => change(frames, at, { length: someLength(random, frames[at]!) }),
  (random, frames, at) =>
    change(frames, at, { payload: changedBytes(random, frames[at]!.payload) }),
  (_, frames, at) => frames.splice(at, 1),
  (_, frames, at) => frames.splice(at, 0, frames[at]!),
  (random, frames, at) => frames.splice(at, 0, random.pick(frames)),
  (random, frames, at) => frames.splice(random.below(frames.length), 0, ...frames.splice(at, 1)),
];

function change(frames: FuzzFrame[], at: number, changes: Partial<FuzzFrame>): void {
  frames[at] = { ...frames[at]!, ...changes };
}

function someLength(random: Random, { payload }: FuzzFrame): number {
  return random.pick([0, payload.length - 1, payload.length + 1, 16_385, 0xff_ffff]) & 0xff_ffff;
}

function changedBytes(random: Random, payload: Buffer): Buffer {
  const at = random.below(payload.length + 1);
  const [before, after] = [payload.subarray(0, at), payload.subarray(at)];
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random.below(256)]), after]);
    case 1:
      return Buffer.concat([before, after.subarray(1)]);
    case 2:
      return before;
    default:
      return Buffer.concat([before, Buffer.from([random.below(256)]), after.subarray(1)]);
  }
}

/** The bytes of a connection, preface included, many of them with something wrong somewhere. */
export function mutatedConnection(random: Random, valid: readonly FuzzFrame[]): Buffer {
  const frames = [...valid];
  for (let left = random.pick(COUNTS); left > 0 && frames.length > 0; left--) {
    random.pick(mutations)(random, frames, random.below(frames.length));
  }
  return Buffer.concat([PREFACE, ...frames.flatMap(bytesOf)]);
}

function bytesOf({ type, flags, stream, payload, length = payload.length }: FuzzFrame): Buffer[] {
  const header = Buffer.alloc(9);
  header.writeUIntBE(length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return [header, payload];
}

/** What a client asked for at most, by a reading of its frames alone. */
export interface AskedFrames {
  /** Streams that a head began. */
  readonly requests: number;
  /** What came on each of them as a body, until its end. */
  readonly bodies: readonly string[];
}

/** @param bytes of a connection, preface included */
export function readFrames(bytes: Buffer): AskedFrames {
  const open = new Map<number, string>();
  const bodies: string[] = [];
  let last = 0;
  let requests = 0;
  for (let at = PREFACE.length; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    const [type = 0, flags = 0] = bytes.subarray(at + 3, at + 5);
    const stream = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    let payload = bytes.subarray(at + 9, end);
    at = end;
    if (type > 1) continue;
    if (type === 1 && stream > last) {
      last = stream;
      requests++;
      open.set(stream, '');
    }
    const body = open.get(stream);
    if (body === undefined) continue;
    const isPadded = (flags & 8) !== 0;
    if (isPadded) payload = payload.subarray(1, Math.max(1, payload.length - (payload[0] ?? 0)));
    if (type === 0) open.set(stream, body + payload.toString('latin1'));
    if ((flags & 1) === 0) continue;
    bodies.push(open.get(stream) ?? '');
    open.delete(stream);
  }
  return { requests, bodies: [...bodies, ...open.values()] };
}

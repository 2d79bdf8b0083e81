import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What a name has; names not listed do not exist. */
export interface Zone {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly srv?: readonly { priority?: number; weight: number; port: number; name: string }[];
  /** s, default 60 */
  readonly ttl?: number;
  readonly fail?: 'SERVFAIL' | 'REFUSED' | 'silent';
}

const A = 1;
const AAAA = 28;
const SRV = 33;
const TYPE_NAMES = new Map([
  [A, 'A'],
  [AAAA, 'AAAA'],
  [SRV, 'SRV'],
]);

/** A DNS server on a UDP port of its own that answers from a table. Close it with `await using`. */
export class DnsResponder {
  /** What each name has by now. Change it to change the answers. */
  readonly zones: Record<string, Zone>;
  /** `TYPE name` of each question so far. */
  readonly questions: string[] = [];
  /** While set, questions are noted and answered once `release` is called. */
  #held: (() => void)[] | null = null;
  readonly #socket: Socket;
  readonly #onQuestion = new Set<() => void>();

  private constructor(zones: Record<string, Zone>) {
    this.zones = { ...zones };
    this.#socket = createSocket('udp4', (query, from) => this.#receive(query, from));
  }

  static async start(zones: Record<string, Zone>): Promise<DnsResponder> {
    const responder = new DnsResponder(zones);
    responder.#socket.bind(0, '127.0.0.1');
    await once(responder.#socket, 'listening');
    return responder;
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const answer of held) answer();
  }

  /** Resolves once so many questions have come. */
  async asked(count: number): Promise<void> {
    while (this.questions.length < count) {
      await new Promise<void>((resolve) => this.#onQuestion.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #receive(query: Buffer, from: RemoteInfo): void {
    const { name, type, end } = readQuestion(query);
    this.questions.push(`${TYPE_NAMES.get(type) ?? type} ${name}`);
    for (const resolve of this.#onQuestion) resolve();
    this.#onQuestion.clear();
    const answer = () => this.#answer(query.subarray(0, end), name, type, from);
    if (this.#held === null) answer();
    else this.#held.push(answer);
  }

  #answer(question: Buffer, name: string, type: number, from: RemoteInfo): void {
    const zone = this.zones[name];
    if (zone?.fail === 'silent') return;
    const codes = { SERVFAIL: 2, REFUSED: 5 };
    const code = zone === undefined ? 3 : zone.fail === undefined ? 0 : codes[zone.fail];
    const records = code === 0 && zone !== undefined ? recordData(zone, type) : [];
    const message = Buffer.concat([
      question,
      ...records.map((data) => Buffer.concat([recordHead(type, zone?.ttl ?? 60, data), data])),
    ]);
    message.writeUInt16BE(0x8180 | code, 2);
    message.writeUInt16BE(1, 4);
    message.writeUInt16BE(records.length, 6);
    message.writeUInt32BE(0, 8);
    this.#socket.send(message, from.port, from.address);
  }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let p = 12;
  for (let length = query[p]!; length > 0; length = query[p]!) {
    labels.push(query.toString('latin1', p + 1, p + 1 + length));
    p += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(p + 1), end: p + 5 };
}

function recordData(zone: Zone, type: number): Buffer[] {
  if (type === A)
    return (zone.a ?? []).map((address) => Buffer.from(address.split('.').map(Number)));
  if (type === AAAA) return (zone.aaaa ?? []).map(ipv6);
  if (type !== SRV) return [];
  return (zone.srv ?? []).map(({ priority = 0, weight, port, name }) => {
    const numbers = Buffer.alloc(6);
    numbers.writeUInt16BE(priority, 0);
    numbers.writeUInt16BE(weight, 2);
    numbers.writeUInt16BE(port, 4);
    return Buffer.concat([numbers, encodeName(name)]);
  });
}

/** The fields of a record in front of its data; its name points to the question's. */
function recordHead(type: number, ttl: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return head;
}

function ipv6(address: string): Buffer {
  const [left = '', right = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((g) => parseInt(g, 16)));
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups(left).entries()) bytes.writeUInt16BE(group, index * 2);
  const tail = groups(right);
  for (const [index, group] of tail.entries()) {
    bytes.writeUInt16BE(group, (8 - tail.length + index) * 2);
  }
  return bytes;
}

function encodeName(name: string): Buffer {
  const labels = name
    .split('.')
    .flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([...labels, Buffer.from([0])]);
}

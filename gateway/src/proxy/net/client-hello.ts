/** Longest beginning of a handshake that is looked at, bytes; usual ones have less than 2,000. */
export const LONGEST_HELLO = 16 * 1024;

/** What a client says before anything is encrypted. */
export interface ClientHello {
  /** Lower-cased name of the server that it asks for, without a dot at its end; empty for none. */
  readonly sni: string;
  /** Whether it offers TLS 1.3, whose suites are for every kind of key. */
  readonly offersTls13: boolean;
  /** Whether it offers older suites for keys of elliptic curves. */
  readonly offersEcdsa: boolean;
}

/** What arrived is not how TLS begins. */
export class BadClientHello extends Error {
  /** Whether it is TLS at all. */
  readonly isTls: boolean;

  constructor(message: string, isTls: boolean) {
    super(message);
    this.isTls = isTls;
  }
}

const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
const HANDSHAKE_RECORD = 22;
const MAJOR_VERSION = 3;
const CLIENT_HELLO = 1;
const RANDOM_LENGTH = 32;
const SERVER_NAME_EXTENSION = 0;
const VERSIONS_EXTENSION = 43;
const TLS_1_3 = 0x0304;
/** ECDHE_ECDSA with ciphers that authenticate: AES in GCM and CCM, ChaCha20. */
const ECDSA_SUITES: ReadonlySet<number> = new Set([
  ...[0xc02b, 0xc02c, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcca9],
]);
const HOST_NAME = 0;
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/i;

/**
 * Reads the ClientHello at the beginning of a connection, whatever records it is cut into.
 *
 * @param bytes what has arrived
 * @returns null when more must come
 * @throws BadClientHello when it cannot be one, whatever else may come
 */
export function readClientHello(bytes: Buffer): ClientHello | null {
  const message = handshakeIn(bytes);
  return message === null ? null : offerIn(new Fields(message));
}

/** The content of the first handshake message; null while it is not complete. */
function handshakeIn(bytes: Buffer): Buffer | null {
  const fragments: Buffer[] = [];
  let gathered = 0;
  let needed = HANDSHAKE_HEADER;
  for (let at = 0; ;) {
    const fragment = recordAt(bytes, at);
    if (fragment === null) return null;
    fragments.push(fragment.content);
    gathered += fragment.content.length;
    at += RECORD_HEADER + fragment.length;
    if (gathered < needed) continue;
    const message = Buffer.concat(fragments);
    needed = endOf(message);
    if (gathered >= needed) return message.subarray(HANDSHAKE_HEADER, needed);
  }
}

/** What has arrived of a record; null when that is nothing. */
function recordAt(bytes: Buffer, at: number): { content: Buffer; length: number } | null {
  const isFirst = at === 0;
  if (at >= bytes.length) return null;
  if (bytes[at] !== HANDSHAKE_RECORD) throw new BadClientHello('no handshake', !isFirst);
  if (at + 1 < bytes.length && bytes[at + 1] !== MAJOR_VERSION) {
    throw new BadClientHello('an unknown version of TLS', !isFirst);
  }
  const start = at + RECORD_HEADER;
  if (start > bytes.length) return null;
  const length = bytes.readUInt16BE(at + 3);
  if (length === 0) throw new BadClientHello('an empty record', true);
  return { content: bytes.subarray(start, start + length), length };
}

/** Where a handshake message ends that begins so. */
function endOf(message: Buffer): number {
  if (message[0] !== CLIENT_HELLO) throw new BadClientHello('another message first', true);
  const end = HANDSHAKE_HEADER + message.readUIntBE(1, 3);
  if (end > LONGEST_HELLO) throw new BadClientHello('a message that is too long', true);
  return end;
}

function offerIn(hello: Fields): ClientHello {
  hello.skip(2 + RANDOM_LENGTH);
  hello.skip(hello.uint8());
  const offersEcdsa = hello.part(hello.uint16()).hasOneOf(ECDSA_SUITES);
  hello.skip(hello.uint8());
  let name: string | null = null;
  let offersTls13 = false;
  const extensions = hello.isAtEnd ? hello : hello.part(hello.uint16());
  while (!extensions.isAtEnd) {
    const type = extensions.uint16();
    const content = extensions.part(extensions.uint16());
    if (type === VERSIONS_EXTENSION) {
      offersTls13 = content.part(content.uint8()).hasOneOf(new Set([TLS_1_3]));
    }
    if (type !== SERVER_NAME_EXTENSION) continue;
    if (name !== null) throw new BadClientHello('two server names', true);
    name = hostNameIn(content.part(content.uint16()));
  }
  return { sni: name ?? '', offersTls13, offersEcdsa };
}

function hostNameIn(names: Fields): string {
  while (!names.isAtEnd) {
    const type = names.uint8();
    const name = names.text(names.uint16());
    if (type !== HOST_NAME) continue;
    if (!NAME.test(name)) throw new BadClientHello('a server name that is none', true);
    return name.toLowerCase().replace(/\.$/, '');
  }
  return '';
}

/** Reads a structure from its beginning to its end, and never beyond. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#move(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#move(2));
  }

  skip(length: number): void {
    this.#move(length);
  }

  /** Whether one of the numbers of 16 bits that are left is in a set. */
  hasOneOf(numbers: ReadonlySet<number>): boolean {
    let has = false;
    while (!this.isAtEnd) has = numbers.has(this.uint16()) || has;
    return has;
  }

  part(length: number): Fields {
    const start = this.#move(length);
    return new Fields(this.#bytes.subarray(start, this.#at));
  }

  text(length: number): string {
    const start = this.#move(length);
    return this.#bytes.toString('latin1', start, this.#at);
  }

  /** @returns where it was before */
  #move(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new BadClientHello('a length too large', true);
    this.#at += length;
    return start;
  }
}

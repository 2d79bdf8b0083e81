import { FIELD_OVERHEAD } from './header-field.ts';
import { STATIC_LENGTH, STATIC_LINES, STATIC_NAMES } from './static-table.ts';

/** Largest table that is made use of, bytes: that much everybody allows. */
const MOST_SIZE = 4096;
/** Lines that are remembered to see which come again. */
const MOST_SEEN = 64;

/** Fields whose value is another with nearly every head. */
const VOLATILE = new Set([
  'date',
  'content-length',
  'age',
  'etag',
  'last-modified',
  'location',
  'content-range',
  'traceparent',
  'x-kong-request-id',
  'x-sluice-request-id',
  'x-forwarded-path',
]);

/** What a table that others can guess at must not hold: RFC 7541 section 7.1.3. */
const SECRET = new Set(['set-cookie', 'cookie', 'authorization', 'proxy-authorization']);

const FROM_TABLE = 0x80;
const ADDED = 0x40;
const NEVER_ADDED = 0x10;
const NOT_ADDED = 0;

interface Entry {
  readonly line: string;
  readonly size: number;
}

/**
 * Compresses heads: RFC 7541. A line that comes a second time goes into the table and costs a byte from
 * then on. Strings are not compressed: that would cost more than it saves.
 *
 * Everything is text of one character a byte.
 */
export class HpackEncoder {
  private capacity = MOST_SIZE;
  /** The smallest table that was asked for since the last head; to be confirmed by the next. */
  private lowered = -1;
  private resized = false;
  private size = 0;
  private entries: Entry[] = [];
  /** Entries that went into the table, and that left it, since the connection began. */
  private added = 0;
  private evicted = 0;
  /** The number of the entry for each line in the table. */
  private readonly numbers = new Map<string, number>();
  private readonly seen = new Set<string>();

  /** The other side allows a table of so many bytes. */
  allow(size: number): void {
    const capacity = Math.min(size, MOST_SIZE);
    if (capacity === this.capacity && !this.resized) return;
    this.lowered = this.resized ? Math.min(this.lowered, capacity) : capacity;
    this.resized = true;
    this.capacity = capacity;
    this.evict(0);
  }

  /** What every head begins with. */
  begin(): string {
    if (!this.resized) return '';
    this.resized = false;
    const update = number(0x20, 5, this.capacity);
    if (this.lowered === this.capacity) return update;
    return number(0x20, 5, this.lowered) + update;
  }

  /** `:status` */
  status(status: number): string {
    const index = STATIC_LINES.get(`:status: ${status}`);
    if (index !== undefined) return String.fromCharCode(FROM_TABLE | index);
    return this.line(`:status: ${status}`) ?? this.field(':status', String(status));
  }

  /**
   * A line as it stands in a head of HTTP/1.1, without its end, where that has become known.
   *
   * @returns null when it is to be taken apart and given to `field`
   */
  line(line: string): string | null {
    const entry = this.numbers.get(line);
    return entry === undefined ? null : number(FROM_TABLE, 7, this.indexOf(entry));
  }

  /**
   * A field that is not known.
   *
   * @param name lower-case
   * @param line by which `line` will be asked for it; for a name in lower case it follows
   */
  field(name: string, value: string, line = `${name}: ${value}`): string {
    const size = name.length + value.length + FIELD_OVERHEAD;
    if (SECRET.has(name)) return literal(NEVER_ADDED, 4, name, value);
    if (VOLATILE.has(name) || size > this.capacity / 4) return literal(NOT_ADDED, 4, name, value);
    if (!this.seen.delete(line)) {
      if (this.seen.size >= MOST_SEEN) this.seen.clear();
      this.seen.add(detached(line));
      return literal(NOT_ADDED, 4, name, value);
    }
    this.evict(size);
    const kept = detached(line);
    this.entries.push({ line: kept, size });
    this.numbers.set(kept, this.added++);
    this.size += size;
    return literal(ADDED, 6, name, value);
  }

  private indexOf(entry: number): number {
    return STATIC_LENGTH + this.added - entry;
  }

  /** Makes room for `wanted` bytes. */
  private evict(wanted: number): void {
    let count = 0;
    while (count < this.entries.length && this.size + wanted > this.capacity) {
      const { line, size } = this.entries[count++]!;
      this.size -= size;
      if (this.numbers.get(line) === this.evicted++) this.numbers.delete(line);
    }
    if (count > 0) this.entries.splice(0, count);
  }
}

/** A copy that does not keep alive what it was cut from. */
function detached(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function literal(kind: number, prefix: number, name: string, value: string): string {
  const index = STATIC_NAMES.get(name);
  if (index !== undefined) return number(kind, prefix, index) + string(value);
  return String.fromCharCode(kind) + string(name) + string(value);
}

function string(text: string): string {
  return number(0, 7, text.length) + text;
}

/** A number whose first bits stand beside those of `kind`: RFC 7541 section 5.1. */
function number(kind: number, prefix: number, value: number): string {
  const mask = (1 << prefix) - 1;
  if (value < mask) return String.fromCharCode(kind | value);
  let text = String.fromCharCode(kind | mask);
  let rest = value - mask;
  for (; rest >= 128; rest >>>= 7) text += String.fromCharCode((rest & 127) | 128);
  return text + String.fromCharCode(rest);
}

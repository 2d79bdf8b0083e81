import { HeaderField } from './header-field.ts';
import { decodeHuffman } from './huffman.ts';
import { STATIC_LENGTH, STATIC_TABLE } from './static-table.ts';

/** Takes the fields of a head, in order. */
export interface FieldSink {
  onField(field: HeaderField): void;
}

/** Numbers above this have no use here and are broken, whatever their encoding allows. */
const MOST_NUMBER = 1 << 24;

const statics = STATIC_TABLE.map(([name, value]) => new HeaderField(name, value));

/** Decompresses heads: RFC 7541. Each connection has one, since heads refer to those before. */
export class HpackDecoder {
  /** Largest table that this side allows, bytes. */
  private readonly allowed: number;
  /** Largest table that the other side wants. */
  private capacity: number;
  private size = 0;
  /** The dynamic table, oldest first, from `oldest` on. */
  private entries: HeaderField[] = [];
  private oldest = 0;
  /** Changes whenever the table does: the same block means the same only until then. */
  version = 0;
  private position = 0;

  /** @param allowed size of the dynamic table, bytes */
  constructor(allowed: number) {
    this.allowed = allowed;
    this.capacity = allowed;
  }

  /**
   * Reads the block that stands from `start` to `end`.
   *
   * @returns false when it is broken: nothing that comes after it on the connection can be read
   */
  decode(bytes: Buffer, start: number, end: number, sink: FieldSink): boolean {
    this.position = start;
    let fieldsBegan = false;
    while (this.position < end) {
      const first = bytes[this.position]!;
      if ((first & 0x80) !== 0) {
        const field = this.at(this.number(bytes, end, 7));
        if (field === null) return false;
        sink.onField(field);
      } else if ((first & 0xe0) === 0x20) {
        const capacity = this.number(bytes, end, 5);
        if (fieldsBegan || capacity < 0 || capacity > this.allowed) return false;
        this.capacity = capacity;
        this.evict(0);
        continue;
      } else {
        const indexed = (first & 0x40) !== 0;
        const field = this.literal(bytes, end, indexed ? 6 : 4);
        if (field === null) return false;
        if (indexed) this.add(field);
        sink.onField(field);
      }
      fieldsBegan = true;
    }
    return true;
  }

  private literal(bytes: Buffer, end: number, prefix: number): HeaderField | null {
    const index = this.number(bytes, end, prefix);
    if (index < 0) return null;
    let name: string | null;
    if (index === 0) name = this.string(bytes, end);
    else name = this.at(index)?.name ?? null;
    if (name === null) return null;
    const value = this.string(bytes, end);
    return value === null ? null : new HeaderField(name, value);
  }

  /** A number whose first bits stand in the lower `prefix` bits of a byte; -1 when it is broken. */
  private number(bytes: Buffer, end: number, prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = bytes[this.position++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; this.position < end; shift += 7) {
      const byte = bytes[this.position++]!;
      value += (byte & 127) * 2 ** shift;
      // Zeros could go on for ever without making it larger.
      if (value > MOST_NUMBER || shift > 28) return -1;
      if (byte < 128) return value;
    }
    return -1;
  }

  private string(bytes: Buffer, end: number): string | null {
    if (this.position >= end) return null;
    const compressed = (bytes[this.position]! & 0x80) !== 0;
    const length = this.number(bytes, end, 7);
    const start = this.position;
    if (length < 0 || length > end - start) return null;
    this.position += length;
    if (compressed) return decodeHuffman(bytes, start, start + length);
    return bytes.toString('latin1', start, start + length);
  }

  private at(index: number): HeaderField | null {
    if (index <= 0) return null;
    if (index <= STATIC_LENGTH) return statics[index - 1]!;
    const position = this.entries.length - (index - STATIC_LENGTH);
    return position < this.oldest ? null : this.entries[position]!;
  }

  private add(field: HeaderField): void {
    const { size } = field;
    this.evict(size);
    this.version++;
    // One that is larger than the table empties it, and is no error.
    if (size > this.capacity) return;
    this.entries.push(field);
    this.size += size;
  }

  /** Makes room for `wanted` bytes. */
  private evict(wanted: number): void {
    while (this.oldest < this.entries.length && this.size + wanted > this.capacity) {
      this.size -= this.entries[this.oldest]!.size;
      this.oldest++;
      this.version++;
    }
    if (this.oldest > 64 && this.oldest * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.oldest);
      this.oldest = 0;
    }
  }
}

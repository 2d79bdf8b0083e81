import { KeptText } from '../../kept-text.ts';
import { TOKEN } from './characters.ts';
import { isSameList, type KeptEdits } from './kept-edits.ts';
import { knownField } from './known-fields.ts';
import { valueEnd } from './value-end.ts';

/** Numbers kept for each field: where its name and its trimmed value begin and end. */
const STRIDE = 4;

/** What `parseFields` found. */
export const FIELDS_END = 0;
export const FIELDS_INCOMPLETE = -1;
export const FIELDS_MALFORMED = -2;
export const FIELDS_TOO_MANY = -3;
export const FIELDS_TOO_LONG = -4;

/**
 * After so many heads in a row whose fields were new, fields are only kept for comparison once in so
 * many heads: a client that sends another credential each time would pay for it and gain nothing.
 */
const MOST_NEW = 8;
const NEW_BETWEEN = 64;

/** Text beyond a head that may be kept alive with it, characters. */
const MOST_BEHIND = 1024;

/**
 * The fields of one message head: one latin1 string, and offsets from which values are cut when asked.
 *
 * Clients and upstreams send the same fields over and over on a connection. What was parsed before is
 * recognised by comparing bytes, and then neither parsed nor judged again: equal bytes mean the same.
 */
export class MessageHead {
  text = '';
  /** Fields in the head. */
  count = 0;
  /** Number of each field, see `known-fields.ts`. */
  ids = new Uint8Array(32);
  /** A bit for each of these numbers. */
  private present = 0;
  /** A bit for each length of a name, modulo 32: tells most names that are not there. */
  private lengths = 0;
  /** Just past the empty line that ends the head. */
  end = 0;
  /** The fields are byte for byte those that this object held before. */
  repeated = false;
  /** The lines that pass on, kept by whoever put them together; null when not known. */
  private passing: string | null = null;
  /** The same, where some fields are left out. */
  private passingOthers: { readonly left: readonly string[]; readonly lines: KeptText } | null =
    null;
  /** What edits came to for these fields, kept by whoever made them; null when not known. */
  keptEdits: KeptEdits | null = null;
  /** Values that somebody asked for again, by the index of the field. */
  private readonly values: string[] = [];
  /**
   * All of what was parsed last and found to be in order, whatever came behind the head included;
   * null when that is not known. Two flat texts are compared in a fraction of the time that a part
   * of one takes, so that is tried first.
   */
  protected whole: string | null = null;
  /** The field lines parsed last, with the empty line; empty when there are none to compare with. */
  private block = '';
  /** Heads since the last one whose fields were known. */
  protected newInARow = 0;
  /** Where the field lines begin in `text`; offsets count from here. */
  private base = 0;
  private offsets = new Uint32Array(32 * STRIDE);

  /**
   * Parses field lines from `position` on up to and with the empty line. RFC 9112 section 5, with
   * no leniency: bare CR or LF, folded lines, space before the colon and control characters are
   * malformed. The bytes are read, and not the characters of `text`, which takes a third of the time.
   *
   * @param text of the bytes from `start` on, one character each
   * @param start where the message begins in `bytes`
   * @param position in `bytes`
   * @param end of what has arrived
   * @param maxFields most fields
   * @param maxField longest field line, characters
   * @returns one of the `FIELDS_*` codes; on `FIELDS_END`, `end` stands past the empty line
   */
  parseFields(
    text: string,
    bytes: Uint8Array,
    start: number,
    position: number,
    end: number,
    maxFields: number,
    maxField: number,
  ): number {
    const base = position - start;
    this.text = text;
    this.base = base;
    const { block } = this;
    if (block !== '' && text.slice(base, base + block.length) === block) {
      this.newInARow = 0;
      this.repeated = true;
      this.end = base + block.length;
      return FIELDS_END;
    }
    this.repeated = false;
    this.forgetFields();
    let count = 0;
    let p = position;
    while (true) {
      if (p >= end) return FIELDS_INCOMPLETE;
      let c = bytes[p]!;
      if (c === 13) {
        if (p + 1 >= end) return FIELDS_INCOMPLETE;
        if (bytes[p + 1] !== 10) return FIELDS_MALFORMED;
        this.end = p + 2 - start;
        this.remember(text, base);
        return FIELDS_END;
      }
      const nameStart = p;
      while (TOKEN[c] === 1) {
        if (++p >= end) return p - nameStart > maxField ? FIELDS_TOO_LONG : FIELDS_INCOMPLETE;
        c = bytes[p]!;
      }
      if (c !== 58 || p === nameStart) return FIELDS_MALFORMED;
      const nameEnd = p++;
      while (p < end && ((c = bytes[p]!) === 32 || c === 9)) p++;
      const valueStart = p;
      p = valueEnd(bytes, p, end);
      if (p - nameStart > maxField) return FIELDS_TOO_LONG;
      if (p + 1 >= end) {
        if (p < end && bytes[p] !== 13) return FIELDS_MALFORMED;
        return FIELDS_INCOMPLETE;
      }
      if (bytes[p] !== 13 || bytes[p + 1] !== 10) return FIELDS_MALFORMED;
      if (count >= maxFields) return FIELDS_TOO_MANY;
      let trimmed = p;
      while (trimmed > valueStart && ((c = bytes[trimmed - 1]!) === 32 || c === 9)) trimmed--;
      if (count === this.ids.length) this.grow();
      const o = count * STRIDE;
      const offsets = this.offsets;
      offsets[o] = nameStart - position;
      offsets[o + 1] = nameEnd - position;
      offsets[o + 2] = valueStart - position;
      offsets[o + 3] = trimmed - position;
      const id = knownField(bytes, nameStart, nameEnd);
      this.ids[count] = id;
      this.present |= 1 << id;
      this.lengths |= 1 << (nameEnd - nameStart);
      this.count = ++count;
      p += 2;
    }
  }

  /** Nothing is left to compare the next head with. */
  protected forgetFields(): void {
    this.count = 0;
    this.present = 0;
    this.lengths = 0;
    this.block = '';
    this.whole = null;
    this.passing = null;
    this.passingOthers = null;
    this.keptEdits = null;
    if (this.values.length > 0) this.values.length = 0;
  }

  /** What `keepPassing` was given for these fields. @param left names of those left out, or null */
  keptPassing(left: readonly string[] | null): string | null {
    if (left === null) return this.passing;
    const kept = this.passingOthers;
    return kept !== null && isSameList(kept.left, left) ? kept.lines.again() : null;
  }

  /** Keeps the lines that pass on, for as long as the fields are repeated. @returns them */
  keepPassing(left: readonly string[] | null, text: string): string {
    if (left === null) return (this.passing = text);
    const lines = new KeptText();
    this.passingOthers = { left, lines };
    return lines.set(text);
  }

  /** The message in `text` is in order: the next one may be the same to the last byte. */
  protected rememberWhole(text: string): void {
    this.whole = text.length - this.end > MOST_BEHIND ? null : text;
  }

  private remember(text: string, position: number): void {
    if (++this.newInARow > MOST_NEW && this.newInARow % NEW_BETWEEN !== 0) return;
    const block = text.slice(position, this.end);
    // A slice keeps all of the text alive that it was cut from.
    const behind = text.length - block.length;
    this.block = behind > MOST_BEHIND ? Buffer.from(block, 'latin1').toString('latin1') : block;
  }

  private grow(): void {
    const ids = new Uint8Array(this.ids.length * 2);
    ids.set(this.ids);
    this.ids = ids;
    const offsets = new Uint32Array(this.offsets.length * 2);
    offsets.set(this.offsets);
    this.offsets = offsets;
  }

  name(index: number): string {
    const o = index * STRIDE;
    return this.text.slice(this.base + this.offsets[o]!, this.base + this.offsets[o + 1]!);
  }

  /** Cut out once where the fields are repeated. */
  value(index: number): string {
    return this.repeated ? (this.values[index] ??= this.cutOut(index)) : this.cutOut(index);
  }

  private cutOut(index: number): string {
    const { block, offsets } = this;
    const o = index * STRIDE;
    // Not out of a text that is kept for nothing else.
    if (block !== '') return block.slice(offsets[o + 2], offsets[o + 3]);
    return this.text.slice(this.base + offsets[o + 2]!, this.base + offsets[o + 3]!);
  }

  /** Where the line of a field begins. The line of the last field ends at `end - 2`. */
  lineStart(index: number): number {
    return index === this.count ? this.end - 2 : this.base + this.offsets[index * STRIDE]!;
  }

  /**
   * Whether a tab stands behind the value of a field. That is white space to be ignored, but not to
   * every parser: where the value frames the message, those two read different messages.
   */
  tabBehind(index: number): boolean {
    const lineEnd = this.lineStart(index + 1) - 2;
    const tab = this.text.indexOf('\t', this.base + this.offsets[index * STRIDE + 3]!);
    return tab !== -1 && tab < lineEnd;
  }

  /** Whether a name may have one of these lengths: a bit for each, modulo 32. */
  hasNamesOf(lengths: number): boolean {
    return (this.lengths & lengths) !== 0;
  }

  /** Index of the first field from `from` on whose name is `lower`, which is lower-case, or -1. */
  indexOf(lower: string, from = 0): number {
    if ((this.lengths & (1 << lower.length)) === 0) return -1;
    for (let i = from; i < this.count; i++) if (this.nameIs(i, lower)) return i;
    return -1;
  }

  /** Whether the name of a field is `lower`, which is lower-case. */
  nameIs(index: number, lower: string): boolean {
    const o = index * STRIDE;
    if (this.offsets[o + 1]! - this.offsets[o]! !== lower.length) return false;
    const start = this.base + this.offsets[o]!;
    const text = this.text;
    for (let i = 0; i < lower.length; i++) {
      let c = text.charCodeAt(start + i);
      if (c >= 65 && c <= 90) c |= 32;
      if (c !== lower.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Whether the name of a field is `lower` when `_` is read as `-`, as routes compare names. */
  nameFoldsTo(index: number, lower: string): boolean {
    const o = index * STRIDE;
    if (this.offsets[o + 1]! - this.offsets[o]! !== lower.length) return false;
    return this.name(index).toLowerCase().replaceAll('_', '-') === lower;
  }

  /** All values of a field in order; `lower` is its name in lower case. */
  valuesOf(lower: string): string[] {
    const first = this.indexOf(lower);
    if (first === -1) return [];
    // Mostly the only one, and a list that grows makes room for more than a dozen at once.
    const values = [this.value(first)];
    for (let i = first; (i = this.indexOf(lower, i + 1)) !== -1;) values.push(this.value(i));
    return values;
  }

  /** Whether there is a field with this number from `known-fields.ts`. */
  hasKnown(id: number): boolean {
    return (this.present & (1 << id)) !== 0;
  }

  /** Index of the first field with this number from `known-fields.ts`, or -1. */
  indexOfKnown(id: number): number {
    if ((this.present & (1 << id)) === 0) return -1;
    const ids = this.ids;
    for (let i = 0; i < this.count; i++) if (ids[i] === id) return i;
    return -1;
  }

  /** First value of a field by its number, or undefined. */
  known(id: number): string | undefined {
    const index = this.indexOfKnown(id);
    return index === -1 ? undefined : this.value(index);
  }
}

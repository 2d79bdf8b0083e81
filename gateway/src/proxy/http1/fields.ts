import type { FieldEdits, FieldsView } from '../../plugin/exchange.ts';
import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames, isFieldName } from '../../plugin/field-names.ts';
import { IDENTITY_NAMES } from '../../plugin/identity-names.ts';
import { isFieldValue } from './characters.ts';
import { KeptEdits } from './kept-edits.ts';
import { IDENTITY } from './known-fields.ts';
import type { MessageHead } from './message-head.ts';

/** What is known of a name by itself: plugins set the same few over and over. */
interface KnownName {
  readonly names: FieldNames;
  readonly lower: string;
  /** `Name: ` */
  readonly beginning: string;
}

const knownNames = new Map<string, KnownName>();
const MOST_KNOWN = 1000;

/** @throws TypeError when it is no field name */
function knownName(name: string): KnownName {
  const found = knownNames.get(name);
  if (found !== undefined) return found;
  const names = new FieldNames([name], true);
  const made = { names, lower: names.lower[0]!, beginning: `${name}: ` };
  if (knownNames.size < MOST_KNOWN) knownNames.set(name, made);
  return made;
}

const NO_LINES = new FieldLines(new FieldNames([]), '');

/**
 * The fields of a message as plugins may change them: a parsed head, or none, under a thin layer of
 * removals and of lines to add. Nothing is put together before the message is sent, and then in as
 * many pieces as were added.
 */
export class Fields {
  private readonly head: MessageHead | null;
  private without: readonly string[] | null = null;
  /** Names that were removed or replaced, whether there was such a field or not. */
  private decided: FieldNames[] | null = null;
  /** In the order in which they are sent. */
  private added: FieldLines[] | null = null;
  private hasHost = false;
  private tellsIdentity = false;

  constructor(head: MessageHead | null) {
    this.head = head;
  }

  /** Lower-case names of fields in the head whose lines no longer count, or null for none. */
  get removed(): readonly string[] | null {
    return this.without;
  }

  /** Whether there is such a field; `name` is lower-case. */
  has(name: string): boolean {
    const { head } = this;
    if (head !== null && head.indexOf(name) !== -1 && !this.isRemoved(name)) return true;
    return this.adds(name);
  }

  /** First value of a field; `name` is lower-case. */
  get(name: string): string | undefined {
    const { head } = this;
    if (head !== null && !this.isRemoved(name)) {
      const index = head.indexOf(name);
      if (index !== -1) return head.value(index);
    }
    return this.getAdded(name);
  }

  /** All values of a field in order; `name` is lower-case. */
  getAll(name: string): string[] {
    const { head, added } = this;
    const values = head === null || this.isRemoved(name) ? [] : head.valuesOf(name);
    if (added === null) return values;
    for (const lines of added) if (lines.has(name)) values.push(...lines.valuesOf(name));
    return values;
  }

  /** Every field as `[name, value]`. */
  list(): [string, string][] {
    const all: [string, string][] = [];
    const { head, added } = this;
    if (head !== null) {
      for (let i = 0; i < head.count; i++) {
        if (!this.isRemovedAt(i)) all.push([head.name(i), head.value(i)]);
      }
    }
    if (added !== null) for (const lines of added) all.push(...lines.list());
    return all;
  }

  /** Replaces every line of a field. @throws TypeError when name or value cannot be sent */
  set(name: string, value: string): void {
    const known = knownName(name);
    const lines = lineOf(known, value);
    this.drop(known.lower);
    this.addLines(lines);
  }

  /** Adds a line. @throws TypeError when name or value cannot be sent */
  add(name: string, value: string): void {
    this.addLines(lineOf(knownName(name), value));
  }

  /** Replaces every line of some fields. */
  setLines(replaced: FieldNames, lines: FieldLines): void {
    if (replaced !== lines.names) (this.decided ??= []).push(replaced);
    const mayHaveSome = this.added !== null || this.head?.hasNamesOf(replaced.lengths) === true;
    if (mayHaveSome) for (const name of replaced.lower) this.drop(name);
    this.addLines(lines);
  }

  addLines(lines: FieldLines): void {
    if (lines.names.haveHost) this.hasHost = true;
    if (lines.names.tellIdentity) this.tellsIdentity = true;
    if (lines.text === '') return;
    if (this.added !== null) this.added.push(lines);
    else this.added = [lines]; // An empty list would make room for a dozen when it grows.
  }

  remove(name: string): void {
    if (knownNames.has(name) || isFieldName(name)) this.setLines(knownName(name).names, NO_LINES);
  }

  /**
   * Gives every line of a field another name, in place of what was there under that name.
   *
   * @throws TypeError when it is none that can be sent
   */
  rename(from: string, to: string): void {
    const values = this.getAll(from.toLowerCase());
    if (values.length === 0) return;
    const { names, lower, beginning } = knownName(to);
    this.setLines(knownName(from).names, NO_LINES);
    this.drop(lower);
    // They are those of a message, so there is nothing to check.
    for (const value of values) this.addLines(new FieldLines(names, `${beginning}${value}\r\n`));
  }

  /**
   * Makes edits. What they come to is kept with a head that comes again and again.
   *
   * @param view of these fields
   */
  edit(edits: FieldEdits, values: readonly string[], view: FieldsView): void {
    const { head, without, decided, added } = this;
    // What others have added counts as well, and may be something else the next time.
    if (head?.repeated !== true || this.addsAnyOf(edits.names)) {
      edits.apply(view, values);
      return;
    }
    const known = head.keptEdits?.find(edits, values, without);
    if (known != null) {
      this.without = known.without;
      for (const names of known.decided) (this.decided ??= []).push(names);
      for (const lines of known.lines) this.addLines(lines);
      return;
    }
    const [decidedBefore, addedBefore] = [decided?.length ?? 0, added?.length ?? 0];
    edits.apply(view, values);
    head.keptEdits = new KeptEdits(edits, values, without, {
      without: this.without,
      decided: this.decided?.slice(decidedBefore) ?? [],
      lines: this.added?.slice(addedBefore) ?? [],
    });
  }

  /** Removes every line of these fields, also where `_` stands for `-` in a name or the other way round. */
  removeSpellings(names: FieldNames): void {
    (this.decided ??= []).push(names);
    const { head, added } = this;
    // Most heads have no name of such a length.
    const count = head === null || !head.hasNamesOf(names.lengths) ? 0 : head.count;
    for (let i = 0; i < count; i++) {
      const name = head!.name(i);
      if (names.mean(name)) this.drop(name.toLowerCase());
    }
    if (added === null) return;
    const others = added.flatMap((lines) => lines.names.lower);
    for (const lower of others) if (names.mean(lower)) this.drop(lower);
  }

  /** Removes what a client says of who is asking, however it is spelled. */
  removeClaimedIdentity(): void {
    const { head } = this;
    if (head === null || !head.hasKnown(IDENTITY)) return;
    for (let i = 0; i < head.count; i++) {
      if (head.ids[i] === IDENTITY) this.dropFromHead(head.name(i).toLowerCase());
    }
  }

  /** Removes what tells who is asking, whoever said it. */
  removeIdentity(): void {
    this.removeClaimedIdentity();
    if (this.tellsIdentity) for (const name of IDENTITY_NAMES) this.drop(name);
  }

  isRemoved(lower: string): boolean {
    return this.without !== null && this.without.includes(lower);
  }

  /** Whether the line with this index in the head no longer counts. */
  isRemovedAt(index: number): boolean {
    const { without } = this;
    if (without === null) return false;
    for (let i = 0; i < without.length; i++) if (this.head!.nameIs(index, without[i]!)) return true;
    return false;
  }

  /**
   * Whether somebody set, added or removed a field, so that what comes behind the body must not say it
   * again. Underscores count as hyphens.
   */
  decides(name: string): boolean {
    const isMeant = (names: FieldNames): boolean => names.mean(name);
    return (
      (this.decided ?? []).some(isMeant) || (this.added ?? []).some(({ names }) => isMeant(names))
    );
  }

  /** Whether a field was set or added; `name` is lower-case. */
  adds(name: string): boolean {
    const { added } = this;
    if (added === null) return false;
    for (let i = 0; i < added.length; i++) if (added[i]!.has(name)) return true;
    return false;
  }

  private addsAnyOf({ lower, lengths }: FieldNames): boolean {
    const isAdded = ({ names }: FieldLines): boolean =>
      (names.lengths & lengths) !== 0 && lower.some((name) => names.lower.includes(name));
    return this.added !== null && this.added.some(isAdded);
  }

  /** First value of a field that was set or added; `name` is lower-case. */
  getAdded(name: string): string | undefined {
    const { added } = this;
    if (added === null) return undefined;
    for (let i = 0; i < added.length; i++) {
      if (added[i]!.has(name)) return added[i]!.valuesOf(name)[0];
    }
    return undefined;
  }

  /** The Host that was set. */
  get host(): string | undefined {
    return this.hasHost ? this.getAdded('host') : undefined;
  }

  /** The added fields as lines, each ending in CRLF; but Host, of which there is only one. */
  addedLines(): string {
    let text = '';
    const { added } = this;
    if (added === null) return text;
    for (let i = 0; i < added.length; i++) {
      const lines = added[i]!;
      text += lines.names.haveHost ? textWithout(lines, 'host') : lines.text;
    }
    return text;
  }

  private dropFromHead(lower: string): void {
    const { head } = this;
    if (head !== null && head.indexOf(lower) !== -1 && !this.isRemoved(lower)) {
      this.without = this.without === null ? [lower] : [...this.without, lower];
    }
  }

  private drop(lower: string): void {
    const { added } = this;
    this.dropFromHead(lower);
    if (added === null) return;
    for (let i = added.length - 1; i >= 0; i--) {
      if (added[i]!.has(lower)) added.splice(i, 1, ...linesWithout(added[i]!, lower));
    }
  }
}

/** @throws TypeError when the value cannot be sent */
function lineOf({ names, beginning }: KnownName, value: string): FieldLines {
  if (isFieldValue(value)) return new FieldLines(names, `${beginning}${value}\r\n`);
  const octets = Buffer.from(value, 'utf8').toString('latin1');
  if (isFieldValue(octets)) return new FieldLines(names, `${beginning}${octets}\r\n`);
  throw new TypeError(`the value of '${beginning.slice(0, -2)}' has a control character`);
}

function textWithout(lines: FieldLines, lower: string): string {
  const others = lines.list().filter(([name]) => name.toLowerCase() !== lower);
  return others.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

function linesWithout(lines: FieldLines, lower: string): FieldLines[] {
  const others = lines.names.lower.filter((name) => name !== lower);
  if (others.length === 0) return [];
  return [new FieldLines(new FieldNames(others, true), textWithout(lines, lower))];
}

import { isFieldValue, isToken } from './characters.ts';
import { withoutPadding } from '../../plugin/padding.ts';
import type { MessageHead } from './message-head.ts';

/** Names that were checked before, with their lower-case form: plugins set the same few over and over. */
const checkedNames = new Map<string, string>();
const MOST_CHECKED = 1000;

/** @returns the lower-case form of a field name @throws TypeError when it is none */
function lowerName(name: string): string {
  const checked = checkedNames.get(name);
  if (checked !== undefined) return checked;
  if (!isToken(name)) throw new TypeError(`'${name}' is not a field name`);
  const lower = name.toLowerCase();
  if (checkedNames.size < MOST_CHECKED) checkedNames.set(name, lower);
  return lower;
}

function folds(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/**
 * The fields of a message as plugins may change them: a parsed head, or none, under a thin layer of
 * removals and additions. Where nobody changes anything the layer costs nothing.
 */
export class Fields {
  private head: MessageHead | null;
  /** Lower-case names whose lines in the head no longer count. */
  private removed: string[] | null = null;
  /** Names that were removed, whether there was such a field or not; with hyphens only. */
  private refused: string[] | null = null;
  /** Added fields, three entries each: lower-case name, name, value. */
  private added: string[] | null = null;
  /** Lines that were added in one piece: looked into only when somebody asks for single fields. */
  private lines = '';

  constructor(head: MessageHead | null) {
    this.head = head;
  }

  get changed(): boolean {
    return this.removed !== null || this.added !== null || this.lines !== '';
  }

  /** Some of the head's own fields do not count. */
  get removes(): boolean {
    return this.removed !== null;
  }

  /** The head's own fields all count; there are only lines to add, of fields that it does not have. */
  get onlyAddsLines(): boolean {
    return this.removed === null && this.added === null;
  }

  /** First value of a field; `name` is lower-case. */
  get(name: string): string | undefined {
    const head = this.head;
    if (head !== null && !this.isRemoved(name)) {
      const index = head.indexOf(name);
      if (index !== -1) return head.value(index);
    }
    return this.getAdded(name);
  }

  /** All values of a field in order; `name` is lower-case. */
  getAll(name: string): string[] {
    const values: string[] = [];
    const head = this.head;
    if (head !== null && !this.isRemoved(name)) {
      for (let i = head.indexOf(name); i !== -1; i = head.indexOf(name, i + 1)) {
        values.push(head.value(i));
      }
    }
    const added = this.entries();
    if (added !== null) {
      for (let i = 0; i < added.length; i += 3) if (added[i] === name) values.push(added[i + 2]!);
    }
    return values;
  }

  /** Every field as `[name, value]`. */
  list(): [string, string][] {
    const all: [string, string][] = [];
    const head = this.head;
    if (head !== null) {
      for (let i = 0; i < head.count; i++) {
        const name = head.name(i);
        if (!this.isRemoved(name.toLowerCase())) all.push([name, head.value(i)]);
      }
    }
    const added = this.entries();
    if (added !== null) {
      for (let i = 0; i < added.length; i += 3) all.push([added[i + 1]!, added[i + 2]!]);
    }
    return all;
  }

  /** Replaces every line of a field. @throws TypeError when name or value cannot be sent */
  set(name: string, value: string): void {
    const lower = lowerName(name);
    this.drop(lower);
    this.append(lower, name, value);
  }

  /**
   * Replaces every line of some fields.
   *
   * @param names lower-case
   * @param lines each `Name: value\r\n`, already checked
   */
  setLines(names: readonly string[], lines: string): void {
    for (let i = 0; i < names.length; i++) this.drop(names[i]!);
    this.lines += lines;
    if (this.added !== null) this.entries();
  }

  /** Adds a line. @throws TypeError when name or value cannot be sent */
  add(name: string, value: string): void {
    this.append(lowerName(name), name, value);
  }

  remove(name: string): void {
    (this.refused ??= []).push(folds(name));
    this.drop(name.toLowerCase());
  }

  /** Removes every line of a field, also where `_` stands for `-` in its name or the other way round. */
  removeSpellings(name: string): void {
    const folded = folds(name);
    (this.refused ??= []).push(folded);
    const head = this.head;
    const count = head === null ? 0 : head.count;
    for (let i = 0; i < count; i++) {
      if (head!.nameFoldsTo(i, folded)) this.drop(head!.name(i).toLowerCase());
    }
    const added = this.entries();
    if (added === null) return;
    for (let i = added.length - 3; i >= 0; i -= 3) {
      if (folds(added[i]!) === folded) added.splice(i, 3);
    }
  }

  isRemoved(lower: string): boolean {
    return this.removed !== null && this.removed.includes(lower);
  }

  /**
   * Whether somebody set, added or removed a field, so that what comes behind the body must not say it
   * again. Underscores count as hyphens.
   */
  decides(name: string): boolean {
    const folded = folds(name);
    if (this.refused !== null && this.refused.includes(folded)) return true;
    const added = this.entries();
    if (added === null) return false;
    for (let i = 0; i < added.length; i += 3) if (folds(added[i]!) === folded) return true;
    return false;
  }

  /** First value of a field that was set or added; `name` is lower-case. */
  getAdded(name: string): string | undefined {
    const added = this.entries();
    if (added === null) return undefined;
    for (let i = 0; i < added.length; i += 3) if (added[i] === name) return added[i + 2];
    return undefined;
  }

  /** The added fields as lines, each ending in CRLF; but Host, of which there is only one. */
  addedLines(): string {
    const added = this.added;
    if (added === null) return this.lines;
    let lines = this.lines;
    for (let i = 0; i < added.length; i += 3) {
      if (added[i] !== 'host') lines += `${added[i + 1]}: ${added[i + 2]}\r\n`;
    }
    return lines;
  }

  private append(lower: string, name: string, value: string): void {
    if (!isFieldValue(value)) {
      value = Buffer.from(value, 'utf8').toString('latin1');
      if (!isFieldValue(value))
        throw new TypeError(`the value of '${name}' has a control character`);
    }
    this.entries();
    (this.added ??= []).push(lower, name, value);
  }

  /** The added fields, those that came as lines included. */
  private entries(): string[] | null {
    if (this.lines !== '') {
      const added = (this.added ??= []);
      for (const line of this.lines.split('\r\n')) {
        const colon = line.indexOf(':');
        if (colon === -1) continue;
        const name = line.slice(0, colon);
        added.push(name.toLowerCase(), name, withoutPadding(line.slice(colon + 1)));
      }
      this.lines = '';
    }
    return this.added;
  }

  private drop(lower: string): void {
    const head = this.head;
    if (head !== null && !this.isRemoved(lower) && head.indexOf(lower) !== -1) {
      (this.removed ??= []).push(lower);
    }
    const added = this.entries();
    if (added === null) return;
    for (let i = added.length - 3; i >= 0; i -= 3) if (added[i] === lower) added.splice(i, 3);
  }
}

import type { FieldEdits, FieldsView } from './exchange.ts';
import { FieldLines } from './field-lines.ts';
import { FieldNames, isFieldName } from './field-names.ts';
import { inOnePiece } from './header-line.ts';

/** A value that is known beforehand, or the place of one among those that come with each message. */
export type EditValue = string | number;

export interface NamedEdit {
  readonly name: string;
  /** Already fit for a field, see `fieldValue`. */
  readonly value: EditValue;
}

/** A field that gets another name. */
export interface Renaming {
  readonly name: string;
  /** The new name. */
  readonly value: string;
}

/** What is to be done to the header fields of messages, in this order. */
export interface Edits {
  readonly remove: readonly string[];
  readonly rename: readonly Renaming[];
  /** Sets what is there. */
  readonly replace: readonly NamedEdit[];
  /** Sets what is not there. */
  readonly add: readonly NamedEdit[];
  readonly append: readonly NamedEdit[];
}

/**
 * Edits of header fields, compiled: what is known before a message comes is put together once, and
 * what most messages get are lines in one piece.
 */
export class HeaderEdits implements FieldEdits {
  readonly names: FieldNames;
  readonly #removed: FieldNames | null;
  readonly #renamings: readonly Renaming[];
  readonly #replacements: readonly Line[];
  readonly #additions: Additions | null;

  constructor({ remove, rename, replace, add, append }: Edits) {
    const renamed = rename.flatMap(({ name, value }) => [name, value]);
    const set = [...replace, ...add, ...append].map(({ name }) => name);
    this.names = new FieldNames([...remove, ...renamed, ...set].filter(isFieldName), true);
    // What is no name is nowhere to be removed.
    const removed = remove.filter(isFieldName);
    this.#removed = removed.length === 0 ? null : new FieldNames(removed);
    this.#renamings = rename.map(({ name, value }) => ({ name: name.toLowerCase(), value }));
    this.#replacements = replace.map((edit) => new Line(edit));
    this.#additions = add.length + append.length === 0 ? null : new Additions(add, append);
  }

  get isEmpty(): boolean {
    const edits = this.#renamings.length + this.#replacements.length;
    return this.#removed === null && edits === 0 && this.#additions === null;
  }

  /** @param values those whose places stand in the edits */
  apply(fields: FieldsView, values: readonly string[] = []): void {
    if (this.#removed !== null) fields.setLines(this.#removed, NOTHING);
    for (const { name, value } of this.#renamings) fields.renameHeader(name, value);
    for (const line of this.#replacements) {
      if (fields.hasHeader(line.lower)) fields.setLines(line.names, line.with(values));
    }
    this.#additions?.apply(fields, values);
  }
}

const NOTHING = new FieldLines(new FieldNames([]), '');

function valueOf(value: EditValue, values: readonly string[]): string {
  return typeof value === 'string' ? value : values[value]!;
}

/** A line of a field. */
class Line {
  readonly names: FieldNames;
  readonly lower: string;
  readonly #beginning: string;
  readonly #value: EditValue;
  /** Null where it depends on the message. */
  readonly #constant: FieldLines | null;

  constructor({ name, value }: NamedEdit) {
    this.names = new FieldNames([name]);
    this.lower = name.toLowerCase();
    this.#beginning = `${name}: `;
    this.#value = value;
    this.#constant =
      typeof value === 'number'
        ? null
        : new FieldLines(this.names, inOnePiece(`${this.#beginning}${value}\r\n`));
  }

  with(values: readonly string[]): FieldLines {
    return this.#constant ?? new FieldLines(this.names, this.text(values));
  }

  text(values: readonly string[]): string {
    return this.#constant?.text ?? `${this.#beginning}${valueOf(this.#value, values)}\r\n`;
  }

  get isConstant(): boolean {
    return this.#constant !== null;
  }
}

/** Lines that are added, of which some only where there is no such field. */
class Additions {
  readonly #added: readonly Line[];
  readonly #appended: readonly Line[];
  readonly #names: FieldNames;
  /** All of them; null where some depend on the message. */
  readonly #constant: FieldLines | null;

  constructor(add: readonly NamedEdit[], append: readonly NamedEdit[]) {
    const added = add.map((edit) => new Line(edit));
    // What one has added is there for the next.
    this.#added = added.filter((line, i) => added.findIndex(sameAs(line)) === i);
    this.#appended = append.map((edit) => new Line(edit));
    const all = [...this.#added, ...this.#appended];
    this.#names = new FieldNames(all.map(({ lower }) => lower));
    this.#constant = all.every((line) => line.isConstant)
      ? new FieldLines(this.#names, inOnePiece(textOf(all, [])))
      : null;
  }

  apply(fields: FieldsView, values: readonly string[]): void {
    const isMissing = ({ lower }: Line): boolean => !fields.hasHeader(lower);
    if (this.#added.every(isMissing)) {
      fields.addLines(
        this.#constant ??
          new FieldLines(this.#names, textOf(this.#added, values) + textOf(this.#appended, values)),
      );
      return;
    }
    for (const line of this.#added) if (isMissing(line)) fields.addLines(line.with(values));
    for (const line of this.#appended) fields.addLines(line.with(values));
  }
}

function sameAs({ lower }: Line): (other: Line) => boolean {
  return (other) => other.lower === lower;
}

function textOf(lines: readonly Line[], values: readonly string[]): string {
  let text = '';
  for (const line of lines) text += line.text(values);
  return text;
}

import { entityKey, type Failure, type Path, type Rule } from '../entities/schema/failure.ts';
import { remedyFor } from '../entities/remedy.ts';
import { nearest } from '../entities/schema/nearest.ts';
import { childTables } from '../entities/tables.ts';
import { booleanHint } from './text/boolean-words.ts';
import type { DeclaredFailure, Stage } from './declared-failure.ts';
import type { ParsedDocument } from './document.ts';
import { labelOf, pathOf, type EntityNode, type Values } from './node.ts';
import type { Problem, Unsupported } from './problem.ts';
import type { Mistake, SourceText } from './text/source-text.ts';

interface Details {
  readonly node?: EntityNode | undefined;
  readonly suggestion?: string | undefined;
  readonly unsupported?: Unsupported | undefined;
  /** Point at the field's name, not at its value. */
  readonly atKey?: boolean;
  readonly rule?: Rule;
  /** How Kong tells it, where that does not follow from the rest. */
  readonly kong?: KongDetails | null;
}

interface KongDetails {
  readonly stage?: Stage;
  readonly path?: Path;
  readonly message?: string;
}

interface Found extends Problem {
  readonly offset: number;
  readonly rule?: Rule | undefined;
  /** Wrong with the text itself, not with what it says. */
  readonly isOfText?: boolean;
}

/** Gathers what is wrong with one file and knows where it stands. */
export class ProblemList {
  readonly #found: Found[] = [];
  readonly #declared: DeclaredFailure[] = [];
  readonly #file: string;
  readonly #source: SourceText;
  #document: ParsedDocument | undefined;

  constructor(file: string, source: SourceText) {
    this.#file = file;
    this.#source = source;
  }

  /** From here on problems are found by their place in the document. */
  locateIn(document: ParsedDocument): void {
    this.#document = document;
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Everything found, as Kong tells it. */
  get declared(): readonly DeclaredFailure[] {
    return this.#declared;
  }

  /** Adds what is wrong with the text itself; `original`: the offset is one of the original text. */
  mistake({ offset, message }: Mistake, original = false): void {
    const position = original
      ? this.#source.originalPosition(offset)
      : this.#source.position(offset);
    // Values of variables are put in as they are, and not told, since they may be secrets.
    const variable = original ? undefined : this.#source.variableAt(offset);
    const shown =
      variable === undefined
        ? this.#source.withoutValues(message)
        : `what ${variable} holds cannot stand here without quotes`;
    this.#found.push({ file: this.#file, ...position, message: shown, offset, isOfText: true });
    this.#refuseText(`${position.line}:${position.column}: ${shown}`);
  }

  /** Adds that the text is no document at all. */
  notADocument(message: string): void {
    this.add([], `expected a declarative configuration, but ${message}`, { kong: null });
    this.#refuseText('expected an object');
  }

  #refuseText(reason: string): void {
    const message = `failed parsing declarative configuration: ${reason}`;
    this.#declared.push({ stage: 'schema', path: ['error'], message });
  }

  /** Adds what Kong tells, and people need not be told besides the rest. */
  declare(failure: DeclaredFailure): void {
    this.#declared.push(failure);
  }

  /** Adds what is wrong at a path of the document. */
  add(path: Path, message: string, details: Details = {}): void {
    const { node, suggestion, unsupported, rule, kong = {} } = details;
    const offset = this.#document?.offsetOf(path, details.atKey === true) ?? 0;
    this.#found.push({
      file: this.#file,
      ...this.#source.position(offset),
      ...(node === undefined ? {} : { entity: this.#source.withoutValues(labelOf(node)) }),
      message: this.#source.withoutValues(message),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(unsupported === undefined ? {} : { unsupported }),
      offset,
      rule,
    });
    if (kong === null) return;
    this.#declared.push({
      stage: kong.stage ?? (unsupported === undefined ? 'schema' : 'sluice'),
      path: kong.path ?? path,
      message: kong.message ?? withoutName(message, path),
      node,
      within: node === undefined ? [] : path.slice(pathOf(node).length),
    });
  }

  /** Adds what validation found in an entity. */
  failure(node: EntityNode, failure: Failure): void {
    const within = (failure.at ?? failure.path).filter((step) => step !== entityKey);
    const { rule, suggestion = childMeant(node, failure) } = failure;
    const value = valueAt(node.input, within);
    this.add([...pathOf(node), ...within], describe(node, failure, within, value), {
      node,
      suggestion,
      atKey: rule === 'unknown',
      rule,
      unsupported: unsupportedOf(node, failure, within, value),
      kong: null,
    });
  }

  /** Line of a node in the file, for messages that refer to it. */
  lineOf(node: EntityNode): number {
    return this.#source.position(this.#document?.offsetOf(pathOf(node), false) ?? 0).line;
  }

  /** Where a node stands, as `file:line:column`. */
  placeOf(node: EntityNode): string {
    const offset = this.#document?.offsetOf(pathOf(node), false) ?? 0;
    const { line, column } = this.#source.position(offset);
    return `${this.#file}:${line}:${column}`;
  }

  /** A list for the same document, with nothing in it yet. */
  another(): ProblemList {
    const list = new ProblemList(this.#file, this.#source);
    list.#document = this.#document;
    return list;
  }

  /**
   * Everything found, in the order of the file. What a value that is not known may have led to is
   * left out.
   */
  sorted(): Problem[] {
    // Where nothing may be referred to it does not matter that the reference leads nowhere.
    const empty = new Set(
      this.#found.filter(({ rule }) => rule === 'eq').map(({ offset }) => offset),
    );
    return this.#found
      .filter(({ rule, offset }) => rule !== 'reference' || !empty.has(offset))
      .filter((found) => this.#isCertain(found))
      .toSorted((a, b) => a.line - b.line || a.column - b.column || a.offset - b.offset)
      .map(({ offset: _, rule: __, isOfText: ___, ...problem }) => problem);
  }

  #isCertain({ offset, line, rule, unsupported, isOfText = false }: Found): boolean {
    if (isOfText || this.#source.mistakes.length === 0) return true;
    if (unsupported !== undefined) return !this.#source.isPlaceholder(offset);
    // A name that is not known may be the one that is referred to.
    return rule !== 'reference' && !this.#source.hasPlaceholder(line);
  }
}

/** What the report counts a problem of this node under. */
export function groupOf({ table, input }: EntityNode): string {
  return table === 'plugins' ? `plugin ${String(input.name)}` : table;
}

/** Kong has the name of a field in the place of a message, not in the message. */
function withoutName(message: string, path: Path): string {
  const name = `${String(path.at(-1))}: `;
  return message.startsWith(name) ? message.slice(name.length) : message;
}

function valueAt(input: Values, path: Path): unknown {
  let value: unknown = input;
  for (const step of path) value = (value as Record<string | number, unknown> | null)?.[step];
  return value;
}

function describe({ table }: EntityNode, failure: Failure, within: Path, value: unknown): string {
  const { path, message, rule } = failure;
  if (path.at(-1) === entityKey && path.length === 1) return message;
  if (within.length === 0 || rule === 'reference') return message;
  if (rule === 'unknown') return `unknown field '${dotted(within)}'`;
  const hint = shapeHint(message, value);
  const remedy = remedyFor(table, failure, value);
  return `${dotted(within)}: ${message}${remedy === undefined ? hint : ` (${remedy})`}`;
}

/** What is written in a file otherwise than it is meant. Nothing is told of a value that may be secret. */
function shapeHint(message: string, value: unknown): string {
  if (message === 'expected a boolean') return booleanHint(value);
  const isOne = typeof value !== 'object';
  return isOne && /^expected an? (array|set)$/.test(message) ? ' (write a list, as in [x])' : '';
}

/** The children of an entity stand among its fields. */
function childMeant({ table }: EntityNode, { path, rule }: Failure): string | undefined {
  if (rule !== 'unknown' || path.length !== 1) return undefined;
  const children = childTables(table).map((child) => child.table);
  return nearest(String(path[0]), children);
}

/** `paths.1`: places in lists are counted from 1, as Kong does. */
function dotted(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? step + 1 : step)).join('.');
}

function unsupportedOf(
  node: EntityNode,
  { rule, instead }: Failure,
  within: Path,
  value: unknown,
): Unsupported | undefined {
  const place = { group: groupOf(node), field: dotted(within) };
  if (rule === 'absent') return { ...place, otherEdition: true, instead };
  return rule === 'unsupported' ? { ...place, value: String(value) } : undefined;
}

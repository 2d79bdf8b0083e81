import { nameValue, nameValues } from '../../plugin/name-value.ts';
import { Template } from '../../plugin/template/template.ts';
import type { Scope } from '../../plugin/template/value.ts';
import { NO_SCOPE, VARIABLES } from './request-scope.ts';
import type { RequestTransformerConfig } from './schema.ts';

/** Values by name, of which some change: headers, query arguments, fields of a body. */
export interface NamedValues {
  has(name: string): boolean;
  remove(name: string): void;
  rename(from: string, to: string): void;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** Changes as they are configured, `name:value` each. */
export interface ConfiguredChanges {
  readonly remove: readonly string[];
  readonly rename: readonly string[];
  readonly replace: readonly string[];
  readonly add: readonly string[];
  readonly append: readonly string[];
}

export function configuredChanges(
  { remove, rename, replace, add, append }: RequestTransformerConfig,
  kind: 'headers' | 'querystring' | 'body',
): ConfiguredChanges {
  return {
    remove: remove[kind],
    rename: rename[kind],
    replace: replace[kind],
    add: add[kind],
    append: append[kind],
  };
}

/** A name, with what is set or what it becomes. */
export type Rendered = readonly [name: string, value: string];

export interface RenderedChanges {
  readonly remove: readonly string[];
  readonly rename: readonly Rendered[];
  readonly replace: readonly Rendered[];
  readonly add: readonly Rendered[];
  readonly append: readonly Rendered[];
}

/** Changes of one kind of values, compiled: those without expressions are rendered once. */
export class ChangeSet {
  readonly isEmpty: boolean;
  /** Whether nothing of it depends on the request. */
  readonly isConstant: boolean;
  /** Every name that it has to do with, but for those that depend on the request. */
  readonly names: readonly string[];
  readonly #remove: readonly string[];
  readonly #lists: readonly (readonly Entry[])[];
  readonly #constant: RenderedChanges | null;

  /** @param isMeant which names count; the others are left out */
  constructor(
    { remove, rename, replace, add, append }: ConfiguredChanges,
    isMeant: (name: string) => boolean = () => true,
  ) {
    this.#remove = remove.map((text) => nameValue(text).name).filter(isMeant);
    this.#lists = [rename, replace, add, append].map((texts) =>
      nameValues(texts)
        .filter(({ name }) => isMeant(name))
        .map(({ name, value }) => ({ name, value: Template.parse(value, VARIABLES) })),
    );
    const all = this.#lists.flat();
    this.isEmpty = this.#remove.length + all.length === 0;
    this.isConstant = all.every(({ value }) => value.constant !== null);
    const renamed = (this.#lists[0] ?? []).flatMap(({ value }) => value.constant ?? []);
    this.names = [...this.#remove, ...all.map(({ name }) => name), ...renamed];
    this.#constant = this.isConstant ? this.#rendered(NO_SCOPE) : null;
  }

  /** @throws RenderError */
  render(scope: Scope): RenderedChanges {
    return this.#constant ?? this.#rendered(scope);
  }

  #rendered(scope: Scope): RenderedChanges {
    const [rename = [], replace = [], add = [], append = []] = this.#lists.map((list) =>
      list.map(({ name, value }): Rendered => [name, value.render(scope)]),
    );
    return { remove: this.#remove, rename, replace, add, append };
  }
}

interface Entry {
  readonly name: string;
  readonly value: Template;
}

/** Makes changes in Kong's order. */
export function applyChanges(changes: RenderedChanges, values: NamedValues): void {
  for (const name of changes.remove) values.remove(name);
  for (const [from, to] of changes.rename) values.rename(from, to);
  for (const [name, value] of changes.replace) if (values.has(name)) values.set(name, value);
  for (const [name, value] of changes.add) if (!values.has(name)) values.set(name, value);
  for (const [name, value] of changes.append) values.append(name, value);
}

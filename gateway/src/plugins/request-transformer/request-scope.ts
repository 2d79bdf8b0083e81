import { fieldText } from '../../plugin/header-line.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HeaderTable, type FieldSource } from '../../plugin/template/header-table.ts';
import { fromValues, tableOf, type Scope, type Value } from '../../plugin/template/value.ts';

/** What expressions of this plugin can name. */
export const VARIABLES = ['headers', 'query_params', 'uri_captures', 'shared'] as const;

/** The variables of templates for one request, as they were before this plugin changed any. */
export class RequestScope implements Scope, FieldSource {
  readonly #ex: Exchange;
  /** Values by lower-case name; null where the request keeps them as they were. */
  readonly #headers: ReadonlyMap<string, readonly string[]> | null;

  #uriCaptures: Readonly<Record<string, string>> | null = null;

  /** @param keepsHeaders whether they may change before the last template is filled in */
  constructor(ex: Exchange, keepsHeaders: boolean) {
    this.#ex = ex;
    this.#headers = keepsHeaders ? byName(ex.request.headers()) : null;
  }

  variable(name: string): Value {
    const { request } = this.#ex;
    switch (name as (typeof VARIABLES)[number]) {
      case 'headers':
        return new HeaderTable('headers', this);
      case 'query_params':
        return tableOf('query_params', (key) => fromValues(request.queryValues(key)));
      case 'uri_captures':
        return tableOf('uri_captures', (key) => captured(this.#captures(), key));
      case 'shared':
        return tableOf('shared', (key) => this.#ex.shared(key) ?? null);
    }
  }

  /** Matched once, however many templates ask. */
  #captures(): Readonly<Record<string, string>> {
    return (this.#uriCaptures ??= this.#ex.request.uriCaptures);
  }

  /** Those of the request as it came. */
  headerValues(name: string): readonly string[] {
    if (this.#headers === null) return this.#ex.request.headerValues(name);
    return this.#headers.get(name) ?? [];
  }
}

/** For templates in which nothing depends on the request. */
export const NO_SCOPE: Scope = { variable: () => null };

function byName(headers: readonly (readonly [string, string])[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const values = all.get(lower);
    if (values === undefined) all.set(lower, [value]);
    else values.push(value);
  }
  return all;
}

function captured(captures: Readonly<Record<string, string>>, key: string): Value {
  const value = Object.hasOwn(captures, key) ? captures[key] : undefined;
  return value === undefined ? null : fieldText(value);
}

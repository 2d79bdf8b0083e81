import type { Dialect, SqlValue, Statement } from './database.ts';

/** A statement whose text stays the same, built once. */
export class Prepared {
  readonly #sql: string;
  readonly #name: string;

  /** @param build has as many parameters as are bound later, in their order */
  constructor(name: string, build: { compile(): { readonly sql: string } }) {
    this.#sql = build.compile().sql;
    this.#name = name;
  }

  with(parameters: readonly SqlValue[]): Statement {
    return { sql: this.#sql, name: this.#name, parameters };
  }
}

/** Things made once for each dialect and name. */
export class PerDialect<T> {
  readonly #made = new WeakMap<Dialect, Map<string, T>>();
  readonly #make: (dialect: Dialect, name: string) => T;

  constructor(make: (dialect: Dialect, name: string) => T) {
    this.#make = make;
  }

  for(dialect: Dialect, name: string): T {
    let made = this.#made.get(dialect);
    if (made === undefined) this.#made.set(dialect, (made = new Map<string, T>()));
    let one = made.get(name);
    if (one === undefined) made.set(name, (one = this.#make(dialect, name)));
    return one;
  }
}

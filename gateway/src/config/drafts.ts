import type { Plugin } from '../entities/plugin.ts';
import type { Entity, EntityTables } from '../entities/tables.ts';
import type { EntityNode, Values } from './node.ts';

/**
 * Routes and plugins in which something is wrong, as far as they could be read: whether a plugin
 * would have to run can be told of them all the same.
 */
export class Drafts {
  readonly #routes = new Map<string, Entity<'routes'>>();
  readonly #plugins = new Map<string, Plugin>();

  add({ table, id }: EntityNode, draft: Values): void {
    if (!Array.isArray(draft.protocols) || !isReference(draft.service)) return;
    const known = { ...draft, id };
    if (table === 'routes') this.#routes.set(id, known as Entity<'routes'>);
    if (table === 'plugins' && draft.enabled === true && isReference(draft.route)) {
      this.#plugins.set(id, known as unknown as Plugin);
    }
  }

  /** These together with the entities in which nothing is wrong. */
  over(tables: EntityTables): EntityTables {
    if (this.#routes.size === 0 && this.#plugins.size === 0) return tables;
    return {
      ...tables,
      routes: new Map([...tables.routes, ...this.#routes]),
      plugins: new Map([...tables.plugins, ...this.#plugins]),
    };
  }
}

function isReference(value: unknown): boolean {
  return value === null || (typeof value === 'object' && 'id' in (value ?? {}));
}

import type { Entity, TableName } from '../../entities/tables.ts';
import type { Sni } from '../../entities/sni.ts';
import type { ListQuery, Page, TagQuery, TagUse } from '../contract.ts';
import type { UniqueKey } from '../keys.ts';
import type { EntitySource } from './backend.ts';
import type { Pending } from './pending.ts';
import type { Seen } from './seen.ts';

/** A source as a transaction sees it: with what it has changed and not written yet. */
export class OverlaidSource implements EntitySource {
  readonly #source: EntitySource;
  readonly #pending: Pending;
  readonly #seen: Seen;
  readonly #flush: () => Promise<void>;

  constructor(source: EntitySource, pending: Pending, seen: Seen, flush: () => Promise<void>) {
    this.#source = source;
    this.#pending = pending;
    this.#seen = seen;
    this.#flush = flush;
  }

  async get(table: TableName, id: string): Promise<Entity | undefined> {
    const slot = this.#pending.get(table, id);
    if (slot !== undefined) return slot.after ?? undefined;
    const entity = await this.#source.get(table, id);
    this.#seen.entity(table, id, entity);
    return entity;
  }

  async find(key: UniqueKey, value: string): Promise<Entity | undefined> {
    const changed = this.#pending.find(key, value);
    if (changed !== undefined) return changed;
    const found = await this.#source.find(key, value);
    if (found === undefined) return undefined;
    // One that was touched has another value by now, or is gone.
    if (this.#pending.get(key.table, found.id) !== undefined) return undefined;
    this.#seen.entity(key.table, found.id, found);
    return found;
  }

  async list(table: TableName, query: ListQuery): Promise<Page<Entity>> {
    await this.#flush();
    const page = await this.#source.list(table, query);
    for (const entity of page.items) {
      if (this.#pending.get(table, entity.id) === undefined) {
        this.#seen.entity(table, entity.id, entity);
      }
    }
    return page;
  }

  async tags(query: TagQuery): Promise<Page<TagUse>> {
    await this.#flush();
    return this.#source.tags(query);
  }

  async namesOf(certificates: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const stored = await this.#source.namesOf(certificates);
    const names = new Map(certificates.map((id) => [id, new Set(stored.get(id))]));
    const slots = [...this.#pending.slotsOf('snis')];
    for (const { stored: sni } of slots) {
      if (sni !== null) names.get((sni as Sni).certificate.id)?.delete((sni as Sni).name);
    }
    for (const { after: sni } of slots) {
      if (sni !== null) names.get((sni as Sni).certificate.id)?.add((sni as Sni).name);
    }
    return new Map([...names].map(([id, set]) => [id, [...set]]));
  }
}

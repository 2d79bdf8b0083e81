import { kinds, kindOf, type Entity, type KindName } from './kinds.ts';

/** Entities by kind and id: those of a gateway, or those that a file asks for. */
export class State {
  readonly #entities = new Map<KindName, Map<string, Entity>>(
    kinds.map(({ name }) => [name, new Map<string, Entity>()]),
  );

  add(kind: KindName, entity: Entity): void {
    this.#of(kind).set(entity.id, entity);
  }

  all(kind: KindName): Entity[] {
    return [...this.#of(kind).values()];
  }

  get(kind: KindName, id: string): Entity | undefined {
    return this.#of(kind).get(id);
  }

  /** The one that decK takes for the same as `entity`, which need not have an id. */
  find(kind: KindName, entity: Readonly<Record<string, unknown>>): Entity | undefined {
    if (typeof entity['id'] === 'string') return this.get(kind, entity['id']);
    const { identity } = kindOf(kind);
    const wanted = identity(entity);
    return this.all(kind).find((one) => identity(one) === wanted);
  }

  get size(): number {
    return kinds.reduce((sum, { name }) => sum + this.#of(name).size, 0);
  }

  #of(kind: KindName): Map<string, Entity> {
    const entities = this.#entities.get(kind);
    if (entities === undefined) throw new Error(`decK knows no ${kind}`);
    return entities;
  }
}

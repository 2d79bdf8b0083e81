import { PersistentMap } from '../../snapshot/persistent-map.ts';
import { firstAccepting, withChanges } from './ordered-candidates.ts';
import type { Candidates } from './ordered-candidates.ts';
import type { Subject } from './subject.ts';
import type { SubRoute } from './sub-route.ts';

/** What of a request is looked up: its method, a field, or so many characters of its path's end. */
type Aspect =
  | { readonly kind: 'method' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'end'; readonly length: number };

const METHOD: Aspect = { kind: 'method' };
const LISTS_PER_SLICE = 8;

/** Candidates that only fit a request with a certain value of one aspect, by these values. */
class KeyIndex<T> {
  readonly aspect: Aspect;
  /** Number of candidates; a list for each value that they accept. */
  readonly size: number;
  readonly lists: PersistentMap<Candidates<T>>;

  constructor(aspect: Aspect, size: number, lists: PersistentMap<Candidates<T>>) {
    this.aspect = aspect;
    this.size = size;
    this.lists = lists;
  }

  find(subject: Subject, limit: SubRoute<T> | null): SubRoute<T> | null {
    const { aspect, lists } = this;
    if (aspect.kind === 'method') {
      return firstAccepting(lists.get(subject.query.method), subject, limit);
    }
    if (aspect.kind === 'end') {
      return firstAccepting(lists.get(subject.path.slice(-aspect.length)), subject, limit);
    }
    let best: SubRoute<T> | null = null;
    for (const value of subject.header(aspect.name)) {
      best = firstAccepting(lists.get(value), subject, best ?? limit) ?? best;
    }
    return best;
  }
}

/**
 * Candidates that only fit a request with a certain header value, method or end of the path, found
 * by these. Never changed, only followed.
 */
export class KeyedCandidates<T> {
  readonly #indexes: readonly KeyIndex<T>[];

  constructor(indexes: readonly KeyIndex<T>[]) {
    this.#indexes = indexes;
  }

  get size(): number {
    return this.#indexes.reduce((sum, index) => sum + index.size, 0);
  }

  all(): Set<SubRoute<T>> {
    const found = new Set<SubRoute<T>>();
    for (const { lists } of this.#indexes) {
      for (const piece of lists.pieces()) {
        for (const list of piece.values()) for (const candidate of list) found.add(candidate);
      }
    }
    return found;
  }

  find(subject: Subject, limit: SubRoute<T> | null): SubRoute<T> | null {
    let best: SubRoute<T> | null = null;
    for (const index of this.#indexes) best = index.find(subject, best ?? limit) ?? best;
    return best;
  }

  *next(changes: KeyedChanges<T>): Generator<undefined, KeyedCandidates<T>, void> {
    const next: KeyIndex<T>[] = [];
    for (const index of this.#indexes) {
      if (!changes.indexes.has(nameOf(index.aspect))) next.push(index);
    }
    for (const [name, { aspect, growth, lists }] of changes.indexes) {
      const before = this.#indexes.find((index) => nameOf(index.aspect) === name);
      const edit = (before?.lists ?? PersistentMap.ofTexts<Candidates<T>>()).edit();
      let count = 0;
      for (const [key, change] of lists) {
        const list = yield* withChanges(edit.get(key) ?? [], change);
        if (list.length === 0) edit.delete(key);
        else edit.set(key, list);
        if (++count % LISTS_PER_SLICE === 0) yield;
      }
      const size = (before?.size ?? 0) + growth;
      if (size > 0) next.push(new KeyIndex(aspect, size, edit.done()));
    }
    return new KeyedCandidates(next);
  }
}

interface IndexChanges<T> {
  readonly aspect: Aspect;
  /** How many candidates more. */
  growth: number;
  /** By the value that is looked up. */
  readonly lists: Map<string, { readonly added: SubRoute<T>[]; readonly removed: SubRoute<T>[] }>;
}

/** Changes of candidates, by where these are found. */
export class KeyedChanges<T> {
  readonly indexes = new Map<string, IndexChanges<T>>();

  /** @returns false when the candidate has nothing to be found by */
  note(candidate: SubRoute<T>, kind: 'added' | 'removed'): boolean {
    const place = placeOf(candidate);
    if (place === null) return false;
    const { aspect, values } = place;
    const name = nameOf(aspect);
    let index = this.indexes.get(name);
    if (index === undefined) {
      this.indexes.set(name, (index = { aspect, growth: 0, lists: new Map() }));
    }
    index.growth += kind === 'added' ? 1 : -1;
    for (const value of new Set(values)) {
      let changes = index.lists.get(value);
      if (changes === undefined) index.lists.set(value, (changes = { added: [], removed: [] }));
      changes[kind].push(candidate);
    }
    return true;
  }
}

function placeOf(
  candidate: SubRoute<unknown>,
): { aspect: Aspect; values: readonly string[] } | null {
  const header = candidate.headers?.find(({ isExact, values }) => isExact && values.length > 0);
  if (header !== undefined) {
    return { aspect: { kind: 'header', name: header.name }, values: header.values };
  }
  if (candidate.patterns?.length === 1) {
    const end = candidate.patterns[0]!.literalSuffix;
    if (end !== '') return { aspect: { kind: 'end', length: end.length }, values: [end] };
  }
  return candidate.methods === null ? null : { aspect: METHOD, values: candidate.methods };
}

function nameOf(aspect: Aspect): string {
  if (aspect.kind === 'method') return 'method';
  return aspect.kind === 'end' ? `end ${aspect.length}` : `header ${aspect.name}`;
}

import { nextCandidates } from './candidate-list.ts';
import type { CandidatesOfPlace } from './candidate-list.ts';
import type { Draft } from './draft.ts';
import { HostIndex } from './host-index.ts';
import type { CandidateChanges } from './ordered-candidates.ts';
import { countSubRoute } from './path-levels.ts';
import type { PathLevels } from './path-levels.ts';
import { NO_PATTERNS, PatternPoolEdit } from './pattern-pool.ts';
import type { PatternPool } from './pattern-pool.ts';
import { TextTable } from '../../text-table.ts';
import { hashOf, SliceTable } from './slice-table.ts';
import { splitRoute } from './split-route.ts';
import type { SubRoute } from './sub-route.ts';
import type { RouterInput } from './router.ts';

/**
 * What a router finds routes with. Parts are shared with the router that follows, so nothing here
 * ever changes but `hosts`, which only grows.
 */
export interface RouterIndex<T> {
  /** How many routes it was made from. */
  readonly routes: number;
  readonly patterns: PatternPool;
  readonly hosts: HostIndex;
  /** By number of the host pattern; null for one without routes. May end before the last number. */
  readonly levels: readonly (PathLevels | null)[];
  /** How many host patterns have routes. */
  readonly hostsInUse: number;
  /** By number of the host pattern and prefix. */
  readonly candidates: SliceTable<CandidatesOfPlace<T>>;
  /** Characters of the longest prefix there was. */
  readonly longestPrefix: number;
}

/** Routes that make the difference to the next router. A changed one is in both lists. */
export interface RouterChanges<T> {
  /** As they were when they were added. */
  readonly removed: readonly RouterInput<T>[];
  readonly added: readonly RouterInput<T>[];
}

const ROUTES_PER_SLICE = 4;
const ENTRIES_PER_SLICE = 16;
const PLACES_PER_SLICE = 8;

export function emptyIndex<T>(): RouterIndex<T> {
  return {
    routes: 0,
    patterns: NO_PATTERNS,
    hosts: new HostIndex(),
    levels: [],
    hostsInUse: 0,
    candidates: new SliceTable(),
    longestPrefix: 0,
  };
}

/**
 * The index that follows, at a cost of what changes; only the slots of a hash table and one number a
 * host pattern are copied.
 *
 * @param known where expressions are taken from that `from` does not have
 */
export function* nextIndex<T>(
  from: RouterIndex<T>,
  changes: { readonly [K in keyof RouterChanges<T>]: Iterable<RouterInput<T>> },
  known: PatternPool = NO_PATTERNS,
): Generator<undefined, RouterIndex<T>, void> {
  const edit = new IndexEdit(from, known);
  // First what is added: expressions that stay in use are not given up in between.
  yield* edit.split(changes.added, 'added');
  yield* edit.split(changes.removed, 'removed');
  yield* edit.findPlaces();
  return yield* edit.finish();
}

/** A host pattern and a prefix, and what changes there. */
interface Place<T> extends CandidateChanges<T> {
  readonly host: number;
  readonly prefix: string;
  readonly hash: number;
  added: SubRoute<T>[];
  removed: SubRoute<T>[];
}

type Kind = 'added' | 'removed';

/** Most places have changes of one kind only. Never pushed to. */
const NONE: never[] = [];
const EVERY_HOST = [null];

class IndexEdit<T> {
  readonly #from: RouterIndex<T>;
  readonly #patterns: PatternPoolEdit;
  readonly #drafts = { added: [] as Draft<T>[], removed: [] as Draft<T>[] };
  readonly #places: Place<T>[] = [];
  readonly #levels: (PathLevels | null)[];
  #hostsInUse: number;
  #routes: number;
  #entries = 0;
  #longestPrefix: number;

  constructor(from: RouterIndex<T>, known: PatternPool) {
    this.#from = from;
    this.#patterns = new PatternPoolEdit(from.patterns, known);
    this.#levels = from.levels.slice();
    this.#hostsInUse = from.hostsInUse;
    this.#routes = from.routes;
    this.#longestPrefix = from.longestPrefix;
  }

  *split(inputs: Iterable<RouterInput<T>>, kind: Kind): Generator<undefined, void, void> {
    const patternOf = (source: string) =>
      kind === 'added' ? this.#patterns.take(source) : this.#patterns.giveBack(source);
    let routes = 0;
    for (const input of inputs) {
      for (const draft of splitRoute(input, patternOf)) {
        this.#drafts[kind].push(draft);
        this.#entries += draft.prefixes.length * (draft.hosts?.length ?? 1);
      }
      this.#routes += kind === 'added' ? 1 : -1;
      if (++routes % ROUTES_PER_SLICE === 0) yield;
    }
  }

  *findPlaces(): Generator<undefined, void, void> {
    const places = new SliceTable(new TextTable<Place<T>>(this.#entries));
    let entries = 0;
    for (const kind of ['added', 'removed'] as const) {
      for (const { subRoute, hosts, prefixes } of this.#drafts[kind]) {
        for (const pattern of hosts ?? EVERY_HOST) {
          const host = this.#from.hosts.numberOf(pattern);
          for (const prefix of prefixes) {
            this.#note(places, host, prefix, subRoute, kind);
            if (++entries % ENTRIES_PER_SLICE === 0) yield;
          }
        }
      }
    }
  }

  #note(
    places: SliceTable<Place<T>>,
    host: number,
    prefix: string,
    subRoute: SubRoute<T>,
    kind: Kind,
  ): void {
    const hash = hashOf(prefix);
    let place = places.findStart(host, hash, prefix.length, prefix);
    if (place === undefined) {
      place = { host, prefix, hash, added: NONE, removed: NONE };
      places.set(host, hash, prefix, place);
      this.#places.push(place);
    }
    const list = place[kind];
    if (list.length === 0) place[kind] = [subRoute];
    // Host patterns may differ and mean the same.
    else if (list[list.length - 1] === subRoute) return;
    else list.push(subRoute);
    this.#count(host, prefix, subRoute, kind);
  }

  #count(host: number, prefix: string, subRoute: SubRoute<T>, kind: Kind): void {
    while (this.#levels.length <= host) this.#levels.push(null);
    const before = this.#levels[host]!;
    const delta = kind === 'added' ? 1 : -1;
    const after = countSubRoute(before, prefix.length, subRoute, delta);
    this.#levels[host] = after;
    this.#hostsInUse += Number(after !== null) - Number(before !== null);
    this.#longestPrefix = Math.max(this.#longestPrefix, prefix.length);
  }

  *finish(): Generator<undefined, RouterIndex<T>, void> {
    const candidates = yield* this.#from.candidates.copy(this.#places.length);
    let places = 0;
    for (const place of this.#places) {
      const { host, hash, prefix, added, removed } = place;
      const before = candidates.findStart(host, hash, prefix.length, prefix) ?? null;
      const isOnly = before === null && added.length === 1 && removed.length === 0;
      const after = isOnly ? added[0]! : yield* nextCandidates(before, place);
      if (after !== null) candidates.set(host, hash, prefix, after);
      else if (before !== null) candidates.delete(host, hash, prefix);
      if (++places % PLACES_PER_SLICE === 0) yield;
    }
    return {
      routes: this.#routes,
      patterns: this.#patterns.done(),
      hosts: this.#from.hosts,
      levels: this.#levels,
      hostsInUse: this.#hostsInUse,
      candidates,
      longestPrefix: this.#longestPrefix,
    };
  }
}

import type { CandidatesOfPlace } from './candidate-list.ts';
import type { HostIndex } from './host-index.ts';
import type { PathLevels } from './path-levels.ts';
import type { RouterIndex } from './router-index.ts';
import { HASH_SEED, hashStep } from './slice-table.ts';
import type { SliceTable } from './slice-table.ts';
import { Subject } from './subject.ts';
import { byRank } from './sub-route.ts';
import type { SubRoute } from './sub-route.ts';
import type { MatchResult, RouteQuery, Router } from './router.ts';

/**
 * Every sub-route is filed under its host pattern and what its path starts with. A request looks at
 * the host patterns that fit its host; for each it asks a hash table for the beginnings of its path
 * that are as long as some prefix there. The hash of all beginnings is computed in one go over the
 * path. What is found is compared by priority, and what cannot precede the best so far is not looked
 * at, so the winner is that of trying all sub-routes in the order of priority.
 */
export class IndexedRouter<T> implements Router<T> {
  readonly index: RouterIndex<T>;
  private readonly hosts: HostIndex;
  private readonly levels: readonly (PathLevels | null)[];
  private readonly candidates: SliceTable<CandidatesOfPlace<T>>;
  /** Hash of the first n characters of the path, as far as `hashed` says. */
  private readonly hashes: Int32Array;
  private hashed = 0;
  private readonly numbers: number[] = [];
  private readonly subject = new Subject();

  constructor(index: RouterIndex<T>) {
    this.index = index;
    this.hosts = index.hosts;
    this.levels = index.levels;
    this.candidates = index.candidates;
    this.hashes = new Int32Array(index.longestPrefix + 1);
    this.hashes[0] = HASH_SEED;
  }

  match(query: RouteQuery, result: MatchResult<T>): void {
    const subject = this.subject;
    subject.begin(query);
    this.hashed = 0;
    result.target = null;
    result.matchedLength = 0;
    result.pattern = null;
    let best: SubRoute<T> | null = null;
    const count = this.hosts.find(query.host, query.port, this.numbers);
    for (let i = 0; i < count; i++) {
      const number = this.numbers[i]!;
      // The index of hosts may know more of them than this router has routes for.
      const levels = number < this.levels.length ? this.levels[number]! : null;
      if (levels === null) continue;
      for (const level of levels) {
        if (best !== null && byRank(level, best) > 0) break;
        const found = this.findAt(number, level.length, best);
        if (found === null) continue;
        best = found;
        const { asksSubject } = found;
        result.target = found.target;
        result.matchedLength = asksSubject ? subject.matchedLength : found.prefixLength;
        result.pattern = asksSubject ? subject.pattern : null;
      }
    }
    subject.end();
  }

  private findAt(host: number, length: number, limit: SubRoute<T> | null): SubRoute<T> | null {
    const path = this.subject.path;
    if (length > path.length) return null;
    if (length > this.hashed) this.hashTo(length, path);
    const found = this.candidates.findStart(host, this.hashes[length]!, length, path);
    return found === undefined ? null : found.find(this.subject, limit);
  }

  private hashTo(length: number, path: string): void {
    const hashes = this.hashes;
    let hash = hashes[this.hashed]!;
    for (let i = this.hashed; i < length; i++) {
      hash = hashStep(hash, path.charCodeAt(i));
      hashes[i + 1] = hash;
    }
    this.hashed = length;
  }
}

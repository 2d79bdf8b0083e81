import { CandidateList } from './candidate-list.ts';
import { HostIndex } from './host-index.ts';
import type { HostGroup } from './host-index.ts';
import type { PathPattern } from './path-pattern.ts';
import { HASH_SEED, hashOf, hashStep, SliceTable } from './slice-table.ts';
import { Subject } from './subject.ts';
import type { SubRoute } from './sub-route.ts';
import type { MatchResult, RouteQuery, Router } from './router.ts';

/** What must be known before sub-routes are added. */
export interface IndexSize {
  /** Pairs of host pattern and prefix. */
  readonly prefixes: number;
  readonly wildcards: number;
  /** Characters of the longest prefix. */
  readonly longestPrefix: number;
}

/**
 * Every sub-route is filed under its host pattern and what its path starts with. A request looks at
 * the groups of host patterns that fit its host; in each it asks a hash table for the beginnings of
 * its path that are as long as some prefix there. The hash of all beginnings is computed in one go
 * over the path. What is found is compared by rank, and what cannot rank before the best so far is
 * not looked at, so the winner is that of trying all sub-routes in the order of priority.
 */
export class IndexedRouter<T> implements Router<T> {
  /** Expressions by source, for the router that follows. */
  readonly patterns: ReadonlyMap<string, PathPattern>;
  private readonly hosts: HostIndex;
  private readonly prefixes: SliceTable<CandidateList<T>>;
  /** Hash of the first n characters of the path, as far as `hashed` says. */
  private readonly hashes: Int32Array;
  private hashed = 0;
  private readonly groups: HostGroup[] = [];
  private readonly subject = new Subject();

  constructor(size: IndexSize, patterns: ReadonlyMap<string, PathPattern>) {
    this.patterns = patterns;
    this.hosts = new HostIndex(size.wildcards);
    this.prefixes = new SliceTable(size.prefixes);
    this.hashes = new Int32Array(size.longestPrefix + 1);
    this.hashes[0] = HASH_SEED;
  }

  /**
   * Files a sub-route; they come best first.
   *
   * @param host pattern as in the route, or null for any
   * @param prefix what the path starts with
   */
  add(subRoute: SubRoute<T>, host: string | null, prefix: string): void {
    const group = this.hosts.group(host);
    const hash = hashOf(prefix);
    const list = this.prefixes.findStart(group.id, hash, prefix.length, prefix);
    if (list !== null) list.add(subRoute);
    else this.prefixes.add(group.id, hash, prefix, new CandidateList(subRoute));
    group.note(prefix.length, subRoute.rank);
  }

  match(query: RouteQuery, result: MatchResult<T>): void {
    const subject = this.subject;
    subject.begin(query);
    this.hashed = 0;
    result.target = null;
    result.matchedLength = 0;
    result.pattern = null;
    let limit = Infinity;
    const count = this.hosts.find(query.host, query.port, this.groups);
    for (let i = 0; i < count; i++) {
      const group = this.groups[i]!;
      const { lengths, ranks } = group;
      for (let k = 0; k < lengths.length; k++) {
        if (ranks[k]! >= limit) break;
        const found = this.findInGroup(group.id, lengths[k]!, limit);
        if (found === null) continue;
        limit = found.rank;
        const isRegex = found.patterns !== null;
        result.target = found.target;
        result.matchedLength = isRegex ? subject.matchedLength : found.prefixLength;
        result.pattern = isRegex ? subject.pattern : null;
      }
    }
    subject.end();
  }

  private findInGroup(group: number, length: number, limit: number): SubRoute<T> | null {
    const path = this.subject.path;
    if (length > path.length) return null;
    if (length > this.hashed) this.hashTo(length, path);
    const list = this.prefixes.findStart(group, this.hashes[length]!, length, path);
    if (list === null || list.bestRank >= limit) return null;
    return list.find(this.subject, limit);
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

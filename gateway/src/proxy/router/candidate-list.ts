import type { Subject } from './subject.ts';
import type { SubRoute } from './sub-route.ts';

/** Up to so many candidates are tried one after another; more are found by keys. */
const SHORT = 8;

/** Sub-routes that share a host and a prefix, best first. */
export class CandidateList<T> {
  /** Rank of the best. */
  readonly bestRank: number;
  /** All of them while the list is short, then those that no key finds. */
  private plain: SubRoute<T>[];
  private keyed: KeyedCandidates<T> | null = null;

  constructor(best: SubRoute<T>) {
    this.bestRank = best.rank;
    this.plain = [best];
  }

  /** Adds a sub-route that ranks behind all others here. */
  add(candidate: SubRoute<T>): void {
    if (this.keyed !== null) {
      if (!this.keyed.add(candidate)) this.plain.push(candidate);
      return;
    }
    this.plain.push(candidate);
    if (this.plain.length > SHORT) {
      const keyed = new KeyedCandidates<T>();
      this.plain = this.plain.filter((each) => !keyed.add(each));
      this.keyed = keyed;
    }
  }

  /** The best that accepts the request and ranks before `limit`. */
  find(subject: Subject, limit: number): SubRoute<T> | null {
    const found = firstAccepting(this.plain, subject, limit);
    if (this.keyed === null) return found;
    return this.keyed.find(subject, found === null ? limit : found.rank) ?? found;
  }
}

/** Candidates that only fit a request with a certain header value, method or end of the path. */
class KeyedCandidates<T> {
  private readonly byHeader = new Map<string, Map<string, SubRoute<T>[]>>();
  private readonly byMethod = new Map<string, SubRoute<T>[]>();
  private readonly byEnd = new Map<string, SubRoute<T>[]>();
  private readonly endLengths: number[] = [];

  /** @returns false when the candidate has nothing to be found by */
  add(candidate: SubRoute<T>): boolean {
    const header = candidate.headers?.find((criterion) => criterion.isExact);
    if (header !== undefined) {
      let byValue = this.byHeader.get(header.name);
      if (byValue === undefined) {
        byValue = new Map<string, SubRoute<T>[]>();
        this.byHeader.set(header.name, byValue);
      }
      for (const value of header.values) push(byValue, value, candidate);
      return true;
    }
    if (candidate.patterns?.length === 1) {
      const end = candidate.patterns[0]!.literalSuffix;
      if (end !== '') {
        if (!this.endLengths.includes(end.length)) this.endLengths.push(end.length);
        push(this.byEnd, end, candidate);
        return true;
      }
    }
    if (candidate.methods === null) return false;
    for (const method of candidate.methods) push(this.byMethod, method, candidate);
    return true;
  }

  find(subject: Subject, limit: number): SubRoute<T> | null {
    let best = firstAccepting(this.byMethod.get(subject.query.method), subject, limit);
    for (const [name, byValue] of this.byHeader) {
      for (const value of subject.header(name)) {
        const found = firstAccepting(byValue.get(value), subject, best?.rank ?? limit);
        if (found !== null) best = found;
      }
    }
    for (const length of this.endLengths) {
      const candidates = this.byEnd.get(subject.path.slice(-length));
      best = firstAccepting(candidates, subject, best?.rank ?? limit) ?? best;
    }
    return best;
  }
}

function push<T>(lists: Map<string, SubRoute<T>[]>, key: string, candidate: SubRoute<T>): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [candidate]);
  else if (list[list.length - 1] !== candidate) list.push(candidate);
}

function firstAccepting<T>(
  candidates: readonly SubRoute<T>[] | undefined,
  subject: Subject,
  limit: number,
): SubRoute<T> | null {
  if (candidates === undefined) return null;
  for (const candidate of candidates) {
    if (candidate.rank >= limit) return null;
    if (candidate.accepts(subject)) return candidate;
  }
  return null;
}

/** Details kept of each kind of failure. */
const MOST_DETAILS = 5;

export interface Failures {
  count: number;
  readonly details: string[];
}

/** What happened, counted by kind. */
export class Ledger {
  /** Exchanges whose answer was checked and right. */
  readonly checked = new Map<string, number>();
  /** Failures that were asked for: refused keys, broken upstreams, limits. */
  readonly expected = new Map<string, number>();
  /** Broken promises. */
  readonly unexpected = new Map<string, Failures>();

  right(kind: string): void {
    this.checked.set(kind, (this.checked.get(kind) ?? 0) + 1);
  }

  failedAsAsked(kind: string): void {
    this.expected.set(kind, (this.expected.get(kind) ?? 0) + 1);
  }

  wrong(kind: string, detail: unknown): void {
    let failures = this.unexpected.get(kind);
    if (failures === undefined) this.unexpected.set(kind, (failures = { count: 0, details: [] }));
    failures.count++;
    const text = detail instanceof Error ? detail.message : String(detail);
    if (failures.details.length < MOST_DETAILS) {
      failures.details.push(`${new Date().toISOString()} ${text.slice(0, 500)}`);
    }
  }

  get total(): number {
    let sum = 0;
    for (const count of [...this.checked.values(), ...this.expected.values()]) sum += count;
    for (const { count } of this.unexpected.values()) sum += count;
    return sum;
  }
}

import { busyMicrosOf, usageOf } from './procfs.ts';

/** What a load got out of a server. */
export interface Driven {
  readonly requests: number;
  readonly seconds: number;
  /** µs; 0 where the load does not tell. */
  readonly p50: number;
  readonly p99: number;
  /** Why that is worth nothing; empty when it is sound. */
  readonly problems: readonly string[];
}

/** A server that takes part. */
export interface Measured {
  /** First of its processes; null for the backend itself, which shares its core with the load. */
  readonly pid: number | null;
}

/** What one contestant did in one round. */
export interface Round extends Driven {
  /** User and system time of all its processes; null for the backend itself. */
  readonly cpuMicros: number | null;
  readonly residentBytes: number | null;
  /** Share of its core that others used meanwhile, 0 to 1: what makes measurements worthless. */
  readonly foreignShare: number;
}

export interface RoundOptions<C extends Measured> {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly cores: { readonly proxy: number; readonly load: number };
  /** Puts a contestant under load for a while. */
  readonly drive: (contestant: C, seconds: number) => Promise<Driven>;
  readonly onRound: (round: number) => void;
}

/**
 * Measures contestants in turn, round by round, so that what changes on the machine meanwhile meets
 * them all alike. Each round begins with another one.
 *
 * @returns the rounds of each, in the order of `contestants`
 */
export async function measureRounds<C extends Measured>(
  contestants: readonly C[],
  options: RoundOptions<C>,
): Promise<Round[][]> {
  const results: Round[][] = contestants.map(() => []);
  if (options.warmup > 0) {
    for (const contestant of contestants) await options.drive(contestant, options.warmup);
  }
  for (let round = 0; round < options.rounds; round++) {
    options.onRound(round);
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const contestant = contestants[index];
      if (contestant) results[index]?.push(await measureOnce(contestant, options));
    }
  }
  return results;
}

async function measureOnce<C extends Measured>(
  contestant: C,
  { seconds, cores, drive }: RoundOptions<C>,
): Promise<Round> {
  const { pid } = contestant;
  const start = performance.now();
  const busyBefore = busyMicrosOf(cores.proxy);
  const before = pid === null ? null : usageOf(pid);
  const driven = await drive(contestant, seconds);
  const after = pid === null ? null : usageOf(pid);
  const busy = busyMicrosOf(cores.proxy) - busyBefore;
  const elapsed = (performance.now() - start) * 1000;
  const cpuMicros = before === null || after === null ? null : after.cpuMicros - before.cpuMicros;
  return {
    ...driven,
    cpuMicros,
    residentBytes: after?.residentBytes ?? null,
    foreignShare: cpuMicros === null ? 0 : Math.max(0, busy - cpuMicros) / elapsed,
  };
}

import { compareBurst, type CompareOptions, type Exchange, type Outcome } from './replay-proxy.mjs';

/**
 * How a burst of requests that are hashed by keys differs from the recording. Which upstream a key
 * belongs to follows from the upstreams' ports, which are not those of the recording; so does how many
 * requests come to each, within a few per cent of few keys. What holds at any port is compared: no key
 * moves, and keys go to all the upstreams that Kong sent some to. That keys belong to whom Kong says
 * is tested where the ports are those of the recording, with the ring itself.
 */
export function compareKeyedBurst(
  exchange: Exchange,
  outcome: Outcome,
  options: CompareOptions,
): string[] {
  const differences = compareBurst(
    { ...exchange, check: { ...exchange.check, counts: 'any' } },
    outcome,
    options,
  );
  if (exchange.check?.['counts'] === 'any') return differences;
  const [wanted, got] = [exchange, outcome].map(({ result }) =>
    Object.keys(result?.upstream_counts ?? {})
      .sort()
      .join(),
  );
  if (got !== wanted) differences.push(`keys came to the upstreams ${got}, want ${wanted}`);
  return differences;
}

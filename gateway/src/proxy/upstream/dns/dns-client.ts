import { Resolver } from 'node:dns/promises';

/** One address of a name. */
export interface ResolvedAddress {
  readonly address: string;
  /** What the SRV record says beside the address; null for an A or AAAA record. */
  readonly srv: { readonly port: number; readonly weight: number; readonly name: string } | null;
}

export type RecordType = 'A' | 'SRV';

/** What DNS says about a full name. `missing` is an answer, `failed` the lack of one. */
export type DnsResult =
  | {
      readonly kind: 'found';
      readonly addresses: readonly ResolvedAddress[];
      /** s */
      readonly ttl: number;
    }
  | { readonly kind: 'missing'; readonly reason: 'no such name' | 'no address' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface DnsClientOptions {
  /** `address` or `address:port`; the system's by default. */
  readonly servers?: readonly string[];
  /** For each try, ms. */
  readonly timeout: number;
  /** Tries for each server, at least 1. */
  readonly tries: number;
}

const NO_SUCH_NAME: DnsResult = { kind: 'missing', reason: 'no such name' };
const NO_ADDRESS: DnsResult = { kind: 'missing', reason: 'no address' };

/** SRV answers are reused this long, s: `node:dns` does not tell their TTL. */
const SRV_TTL = 10;

/** Asks DNS servers for the addresses of full names. */
export class DnsClient {
  readonly #resolver: Resolver;

  constructor(options: DnsClientOptions) {
    const { timeout, tries, servers } = options;
    this.#resolver = new Resolver({ timeout, tries, maxTimeout: timeout });
    if (servers !== undefined) this.#resolver.setServers(servers);
  }

  /** Asks for one record type after the other until one has an address. Never rejects. */
  async lookup(name: string, types: readonly RecordType[]): Promise<DnsResult> {
    let outcome: DnsResult = NO_ADDRESS;
    for (const type of types) {
      const result = await (type === 'SRV' ? this.#services(name) : this.#addresses(name));
      if (result.kind === 'found') return result;
      // There are servers that know addresses but fail at SRV.
      if (outcome.kind !== 'failed') outcome = result;
      if (type === 'A' && result !== NO_ADDRESS) break;
      if (result === NO_SUCH_NAME) break;
    }
    return outcome;
  }

  /** Ends pending queries as failed. */
  cancel(): void {
    this.#resolver.cancel();
  }

  /** IPv6 only where there is no IPv4: a host without an IPv6 route would fail every other time. */
  async #addresses(name: string): Promise<DnsResult> {
    const ipv4 = await this.#query(name, 4);
    return ipv4 === NO_ADDRESS ? this.#query(name, 6) : ipv4;
  }

  async #query(name: string, family: 4 | 6): Promise<DnsResult> {
    try {
      const records =
        family === 4
          ? await this.#resolver.resolve4(name, { ttl: true })
          : await this.#resolver.resolve6(name, { ttl: true });
      if (records.length === 0) return NO_ADDRESS;
      const addresses = [...new Set(records.map((record) => record.address))];
      const ttl = Math.min(...records.map((record) => record.ttl));
      return { kind: 'found', addresses: addresses.map(withoutService), ttl };
    } catch (error) {
      return unanswered(error);
    }
  }

  async #services(name: string): Promise<DnsResult> {
    let records;
    try {
      records = await this.#resolver.resolveSrv(name);
    } catch (error) {
      return unanswered(error);
    }
    // The root as a host means that the service is not offered: RFC 2782.
    const offered = records.filter((record) => record.name !== '' && record.name !== '.');
    const priority = Math.min(...offered.map((record) => record.priority));
    const chosen = offered.filter((record) => record.priority === priority);
    const hosts = await Promise.all(chosen.map((record) => this.#addresses(record.name)));

    const addresses: ResolvedAddress[] = [];
    let ttl = SRV_TTL;
    for (const [index, { port, weight, name }] of chosen.entries()) {
      const host = hosts[index];
      if (host?.kind !== 'found') continue;
      ttl = Math.min(ttl, host.ttl);
      const srv = { port, weight: Math.max(1, weight), name };
      for (const { address } of host.addresses) addresses.push({ address, srv });
    }
    if (addresses.length > 0) return { kind: 'found', addresses, ttl };
    return hosts.find((host) => host.kind === 'failed') ?? NO_ADDRESS;
  }
}

/** An address that no SRV record led to. */
export function withoutService(address: string): ResolvedAddress {
  return { address, srv: null };
}

const FAILURES: Readonly<Record<string, string>> = {
  ETIMEOUT: 'no DNS server answered in time',
  ECONNREFUSED: 'no DNS server can be reached',
  ESERVFAIL: 'the DNS server failed (SERVFAIL)',
  EREFUSED: 'the DNS server refuses to answer (REFUSED)',
};

function unanswered(error: unknown): DnsResult {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENODATA') return NO_ADDRESS;
  if (code === 'ENOTFOUND' || code === 'EBADNAME') return NO_SUCH_NAME;
  return { kind: 'failed', reason: FAILURES[code] ?? message };
}

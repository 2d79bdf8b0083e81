import { withoutService, type DnsClient, type DnsResult, type RecordType } from './dns-client.ts';
import type { HostsFile } from './hosts-file.ts';
import { candidates, type SearchList } from './search-list.ts';

/** Answers that no server gave are reused this long, s: the hosts file has no TTL. */
const LOCAL_TTL = 5;

export interface NameSources {
  readonly client: DnsClient;
  readonly hosts: HostsFile;
  readonly searchList: SearchList;
  /** Whether SRV records are asked for first for every name. */
  readonly srvFirst: boolean;
  /** Told when the hosts file begins to fail or fails in another way. */
  readonly onError: (subject: string, reason: string) => void;
}

/** Finds the addresses of a name as an operator may have written it, without remembering them. */
export class NameLookup {
  readonly #sources: NameSources;
  #hostsError = '';

  constructor(sources: NameSources) {
    this.#sources = sources;
  }

  /** Asks the hosts file, then DNS. `name` is lower-case. Never rejects. */
  async lookup(name: string): Promise<DnsResult> {
    return (await this.#lookupLocally(name)) ?? this.#lookupByDns(name);
  }

  /** The hosts file and names whose meaning RFC 6761 fixes. */
  async #lookupLocally(name: string): Promise<DnsResult | null> {
    const bare = name.endsWith('.') ? name.slice(0, -1) : name;
    const addresses = await this.#lookupHosts(bare);
    if (addresses !== undefined) return foundLocally(addresses);
    if (bare === 'localhost' || bare.endsWith('.localhost')) return foundLocally(['127.0.0.1']);
    if (bare.endsWith('.invalid')) return { kind: 'missing', reason: 'no such name' };
    return null;
  }

  /** A hosts file that cannot be read is reported and passed over: DNS knows most names. */
  async #lookupHosts(name: string): Promise<readonly string[] | undefined> {
    try {
      const addresses = await this.#sources.hosts.lookup(name);
      this.#hostsError = '';
      return addresses;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#hostsError) this.#sources.onError('hosts file', message);
      this.#hostsError = message;
      return undefined;
    }
  }

  async #lookupByDns(name: string): Promise<DnsResult> {
    let missing: DnsResult = { kind: 'missing', reason: 'no such name' };
    for (const candidate of candidates(name, this.#sources.searchList)) {
      const result = await this.#sources.client.lookup(candidate, this.#types(candidate));
      // A failure ends the search: a later candidate may be somebody else's host.
      if (result.kind !== 'missing') return result;
      if (result.reason === 'no address') missing = result;
    }
    return missing;
  }

  #types(name: string): readonly RecordType[] {
    const isService = this.#sources.srvFirst || /^_[^.]+\._[^.]+\./.test(name);
    return isService ? ['SRV', 'A'] : ['A', 'SRV'];
  }
}

function foundLocally(addresses: readonly string[]): DnsResult {
  return { kind: 'found', addresses: addresses.map(withoutService), ttl: LOCAL_TTL };
}

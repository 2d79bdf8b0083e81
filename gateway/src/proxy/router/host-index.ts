import { HASH_SEED, hashOf, hashStep, SliceTable } from './slice-table.ts';

const NO_NUMBERS: number[] = [];

/** Sub-routes of one host pattern: a numbered space in the table of prefixes. */
export class HostGroup {
  readonly id: number;
  /** Lengths of prefixes in this group, those of the best sub-routes first. */
  lengths: number[] = NO_NUMBERS;
  /** Rank of the best sub-route of each of these lengths. */
  ranks: number[] = NO_NUMBERS;

  constructor(id: number) {
    this.id = id;
  }

  /** Notes a sub-route; they come best first. */
  note(length: number, rank: number): void {
    if (this.lengths === NO_NUMBERS) {
      // Most groups know one length; a literal takes no more room than that.
      this.lengths = [length];
      this.ranks = [rank];
    } else if (!this.lengths.includes(length)) {
      this.lengths.push(length);
      this.ranks.push(rank);
    }
  }
}

/** The groups of one host pattern by port. */
interface Ports {
  any: HostGroup | null;
  byPort: Map<number, HostGroup> | null;
}

const DOT = 46;
const PREFIX = 0;
const SUFFIX = 1;
const PORT = /^(.+?|\[[^\]]*\]):(\d+)$/;

/** Finds the host patterns that fit a host: the name itself, `*.example.com` and `example.*`. */
export class HostIndex {
  private readonly names = new Map<string, Ports>();
  private readonly wildcards: SliceTable<Ports>;
  private readonly known = new Map<string, Ports>();
  private longestSuffix = -1;
  private longestPrefix = -1;
  private readonly everyHost = new HostGroup(0);
  private groupCount = 1;

  /** @param wildcards number of wildcard patterns expected */
  constructor(wildcards: number) {
    this.wildcards = new SliceTable(wildcards);
  }

  /** The group of a pattern as it stands in a route, made when needed; null is any host. */
  group(pattern: string | null): HostGroup {
    if (pattern === null) return this.everyHost;
    const [, host = pattern, digits] = PORT.exec(pattern) ?? [];
    const ports = this.ports(host.toLowerCase());
    if (digits === undefined) return (ports.any ??= new HostGroup(this.groupCount++));
    ports.byPort ??= new Map();
    const port = Number(digits);
    let group = ports.byPort.get(port);
    if (group === undefined) ports.byPort.set(port, (group = new HostGroup(this.groupCount++)));
    return group;
  }

  private ports(host: string): Ports {
    const wild = host.startsWith('*') || host.endsWith('*');
    const index = wild ? this.known : this.names;
    const known = index.get(host);
    if (known !== undefined) return known;
    const ports: Ports = { any: null, byPort: null };
    index.set(host, ports);
    if (host.startsWith('*')) {
      const suffix = host.slice(1);
      this.longestSuffix = Math.max(this.longestSuffix, suffix.length);
      this.wildcards.add(SUFFIX, hashOf([...suffix].reverse().join('')), suffix, ports);
    } else if (wild) {
      const prefix = host.slice(0, -1);
      this.longestPrefix = Math.max(this.longestPrefix, prefix.length);
      this.wildcards.add(PREFIX, hashOf(prefix), prefix, ports);
    }
    return ports;
  }

  /**
   * Puts the groups that fit into `found`, from its start.
   *
   * @param host lower-case, without port
   * @returns how many there are
   */
  find(host: string, port: number, found: HostGroup[]): number {
    let count = 0;
    const name = this.names.get(host);
    if (name !== undefined) count = collect(name, port, found, count);
    if (this.longestSuffix !== -1) count = this.findSuffixes(host, port, found, count);
    if (this.longestPrefix !== -1) count = this.findPrefixes(host, port, found, count);
    found[count++] = this.everyHost;
    return count;
  }

  private findSuffixes(host: string, port: number, found: HostGroup[], count: number): number {
    let hash = HASH_SEED;
    const end = Math.max(0, host.length - this.longestSuffix);
    // `*` alone: the suffix that every host has.
    const all = this.wildcards.findEnd(SUFFIX, hash, 0, host);
    if (all !== null) count = collect(all, port, found, count);
    for (let i = host.length - 1; i >= end; i--) {
      const code = host.charCodeAt(i);
      hash = hashStep(hash, code);
      if (code !== DOT) continue;
      const ports = this.wildcards.findEnd(SUFFIX, hash, host.length - i, host);
      if (ports !== null) count = collect(ports, port, found, count);
    }
    return count;
  }

  private findPrefixes(host: string, port: number, found: HostGroup[], count: number): number {
    let hash = HASH_SEED;
    const end = Math.min(host.length, this.longestPrefix);
    for (let i = 0; i < end; i++) {
      const code = host.charCodeAt(i);
      hash = hashStep(hash, code);
      if (code !== DOT) continue;
      const ports = this.wildcards.findStart(PREFIX, hash, i + 1, host);
      if (ports !== null) count = collect(ports, port, found, count);
    }
    return count;
  }
}

function collect(ports: Ports, port: number, found: HostGroup[], count: number): number {
  if (ports.any !== null) found[count++] = ports.any;
  const group = ports.byPort?.get(port);
  if (group !== undefined) found[count++] = group;
  return count;
}

import { TextTable } from '../../text-table.ts';
import { HASH_SEED, hashOf, hashStep } from './slice-table.ts';

/** The number of a host pattern without port, and of the same with ports. */
interface Ports {
  any: number;
  byPort: Map<number, number> | null;
}

/** The pattern that every host fits. */
const EVERY_HOST = 0;
const NONE = -1;

const DOT = 46;
const PORT = /^(.+?|\[[^\]]*\]):(\d+)$/;

/**
 * Numbers host patterns, and finds those that fit a host: the name itself, `*.example.com` and
 * `example.*`. Numbers are only ever added, so that a router and the one that follows may use the
 * same index: each knows by itself which of them it has routes for.
 */
export class HostIndex {
  private readonly names = new Map<string, Ports>();
  /** What stands in front of a `*`, and behind one; the latter by the hash from its end. */
  private readonly prefixes = new TextTable<Ports>();
  private readonly suffixes = new TextTable<Ports>();
  private readonly known = new Map<string, Ports>();
  private longestSuffix = -1;
  private longestPrefix = -1;
  private count = EVERY_HOST + 1;

  /** How many numbers are given. */
  get size(): number {
    return this.count;
  }

  /** The number of a pattern as it stands in a route, given when needed; null is any host. */
  numberOf(pattern: string | null): number {
    if (pattern === null) return EVERY_HOST;
    const [, host = pattern, digits] = PORT.exec(pattern) ?? [];
    const ports = this.ports(host.toLowerCase());
    if (digits === undefined) {
      if (ports.any === NONE) ports.any = this.count++;
      return ports.any;
    }
    ports.byPort ??= new Map();
    const port = Number(digits);
    let number = ports.byPort.get(port);
    if (number === undefined) ports.byPort.set(port, (number = this.count++));
    return number;
  }

  private ports(host: string): Ports {
    const wild = host.startsWith('*') || host.endsWith('*');
    const index = wild ? this.known : this.names;
    const known = index.get(host);
    if (known !== undefined) return known;
    const ports: Ports = { any: NONE, byPort: null };
    index.set(host, ports);
    if (host.startsWith('*')) {
      const suffix = host.slice(1);
      this.longestSuffix = Math.max(this.longestSuffix, suffix.length);
      this.suffixes.set(suffix, hashOf([...suffix].reverse().join('')), ports);
    } else if (wild) {
      const prefix = host.slice(0, -1);
      this.longestPrefix = Math.max(this.longestPrefix, prefix.length);
      this.prefixes.set(prefix, hashOf(prefix), ports);
    }
    return ports;
  }

  /**
   * Puts the numbers of the patterns that fit into `found`, from its start.
   *
   * @param host lower-case, without port
   * @returns how many there are
   */
  find(host: string, port: number, found: number[]): number {
    let count = 0;
    const name = this.names.get(host);
    if (name !== undefined) count = collect(name, port, found, count);
    if (this.longestSuffix !== -1) count = this.findSuffixes(host, port, found, count);
    if (this.longestPrefix !== -1) count = this.findPrefixes(host, port, found, count);
    found[count++] = EVERY_HOST;
    return count;
  }

  private findSuffixes(host: string, port: number, found: number[], count: number): number {
    let hash = HASH_SEED;
    const end = Math.max(0, host.length - this.longestSuffix);
    // `*` alone: the suffix that every host has.
    const all = this.suffixes.get('', hash);
    if (all !== undefined) count = collect(all, port, found, count);
    for (let i = host.length - 1; i >= end; i--) {
      const code = host.charCodeAt(i);
      hash = hashStep(hash, code);
      if (code !== DOT) continue;
      const ports = this.suffixes.get(host.slice(i), hash);
      if (ports !== undefined) count = collect(ports, port, found, count);
    }
    return count;
  }

  private findPrefixes(host: string, port: number, found: number[], count: number): number {
    let hash = HASH_SEED;
    const end = Math.min(host.length, this.longestPrefix);
    for (let i = 0; i < end; i++) {
      const code = host.charCodeAt(i);
      hash = hashStep(hash, code);
      if (code !== DOT) continue;
      const ports = this.prefixes.getStart(host, i + 1, hash);
      if (ports !== undefined) count = collect(ports, port, found, count);
    }
    return count;
  }
}

function collect(ports: Ports, port: number, found: number[], count: number): number {
  if (ports.any !== NONE) found[count++] = ports.any;
  const number = ports.byPort?.get(port);
  if (number !== undefined) found[count++] = number;
  return count;
}

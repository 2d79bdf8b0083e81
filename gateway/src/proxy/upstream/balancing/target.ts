import { isIP, SocketAddress } from 'node:net';
import type { ResolvedAddress } from '../dns/dns-client.ts';
import { isUnix } from './place.ts';
import type { NameAnswer } from '../dns/resolver.ts';

/** Where a request can go and how large a share of them goes there. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  readonly hostHeader: string;
  readonly target: Target;
}

export interface TargetOptions {
  /** Name, address or `unix:` with a path; an IPv6 address may stand in brackets. */
  readonly host: string;
  readonly port: number;
  /** 1…65535 */
  readonly weight: number;
  /** Used when the port is left out of `Host`. */
  readonly defaultPort: number;
  /** Name to send in `Host` instead of the target's own, perhaps with a port; null for none. */
  readonly hostHeader: string | null;
  /** Whether `Host` names the host of the SRV record. */
  readonly useSrvName: boolean;
}

/** A host and port that a balancer shares requests out to: an address, or a name that stands for some. */
export class Target {
  readonly host: string;
  readonly port: number;
  readonly isName: boolean;
  /** What was last known about the name; null when nothing usable is. */
  #answer: NameAnswer | null = null;
  /** The addresses, whatever the order in which the server listed them. */
  #signature = '';
  #places: readonly Place[] = [];
  readonly #options: TargetOptions;

  constructor(options: TargetOptions) {
    const { host } = options;
    this.#options = options;
    this.host = host.startsWith('[') ? host.slice(1, -1) : host;
    this.port = options.port;
    this.isName = isIP(this.host) === 0 && !isUnix(this.host);
    if (this.isName) return;
    this.#places = [this.#place({ address: shortAddress(this.host), srv: null })];
  }

  get answer(): NameAnswer | null {
    return this.#answer;
  }

  /** Empty while nothing is known about the name. */
  get places(): readonly Place[] {
    return this.#places;
  }

  /** Takes what is known about the name by now. Returns whether the places are others than before. */
  learn(answer: NameAnswer | null): boolean {
    this.#answer = answer;
    const addresses = answer?.addresses ?? [];
    const signature = addresses.map(describe).sort().join();
    if (signature === this.#signature) return false;
    this.#signature = signature;
    this.#places = addresses.map((address) => this.#place(address));
    return true;
  }

  #place({ address, srv }: ResolvedAddress): Place {
    const { weight, useSrvName } = this.#options;
    const port = srv?.port ?? this.#options.port;
    const own = ownName(this.host);
    const name = useSrvName && srv !== null ? srv.name : own;
    return {
      address,
      port,
      weight: srv?.weight ?? weight,
      hostHeader: this.#hostHeader(name, port),
      target: this,
    };
  }

  #hostHeader(name: string, port: number): string {
    const { hostHeader, defaultPort } = this.#options;
    if (isUnix(this.host)) return hostHeader ?? name;
    if (hostHeader !== null && /:\d+$/.test(hostHeader)) return hostHeader;
    const host = hostHeader ?? name;
    return port === defaultPort ? host : `${host}:${port}`;
  }
}

/** What stands in `Host`: the path of a socket is nobody's name. */
function ownName(host: string): string {
  if (isUnix(host)) return 'localhost';
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** An address as it is written where requests go: IPv6 in its short form. */
export function shortAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

function describe({ address, srv }: ResolvedAddress): string {
  return srv === null ? address : `${address} ${srv.port} ${srv.weight} ${srv.name}`;
}

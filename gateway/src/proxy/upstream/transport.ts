import type { ProxyThread } from '../thread.ts';
import type { Peer } from './balancing/balancer.ts';
import { ChosenPool } from './chosen-pool.ts';
import { ConnectionPool, type Pool } from './connection-pool.ts';
import { PlainDialer, type Dialer } from './dialer.ts';
import { Http2Pool } from './http2/http2-pool.ts';
import { endpointOf } from './balancing/place.ts';
import type { ProxyVersion } from './proxy-header.ts';
import { serverNameOf } from './tls/server-name.ts';
import type { TlsClient } from './tls/tls-client.ts';
import { TlsDialer } from './tls/tls-dialer.ts';

/** Most pools of one transport. Only clients that choose the `Host` can make so many. */
const MOST_POOLS = 1024;

export interface TransportOptions {
  /** Null: without TLS. */
  readonly tls: TlsClient | null;
  /** Whether HTTP/2 is spoken: never, where the upstream chooses it in the handshake, or always. */
  readonly http2: 'never' | 'offered' | 'always';
  readonly proxyVersion: ProxyVersion;
}

/** How upstreams are spoken to, where that is not simply HTTP/1.1. It holds the connections made so. */
export class Transport {
  readonly options: TransportOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #streamDialers = new Map<string, Dialer>();
  readonly #onRetired: () => void;
  #retired = false;

  constructor(options: TransportOptions, onRetired: () => void) {
    this.options = options;
    this.#onRetired = onRetired;
  }

  /** No connection was asked of it yet. */
  get isUnused(): boolean {
    return this.#pools.size === 0 && this.#streamDialers.size === 0;
  }

  /** @param host that the upstream is told it is, and has to prove */
  poolFor(thread: ProxyThread, peer: Peer, host: string): Pool {
    const serverName = this.options.tls === null ? '' : serverNameOf(host);
    const key = `${peer.name} ${serverName}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      this.#makeRoom();
      pool = this.#makePool(thread, (protocols) =>
        this.#dialer(thread, peer, serverName, protocols),
      );
      // A request that began before may still be tried again.
      if (this.#retired) pool.retire();
      else this.#pools.set(key, pool);
    }
    return pool;
  }

  /** What opens connections for streams to a target, which has to prove that it is what it is called. */
  dialerTo(thread: ProxyThread, peer: Peer): Dialer {
    const serverName = serverNameOf(peer.hostHeader);
    const key = `${peer.name} ${serverName}`;
    let dialer = this.#streamDialers.get(key);
    if (dialer === undefined) {
      if (this.#streamDialers.size === MOST_POOLS) this.#streamDialers.clear();
      dialer = this.#dialer(thread, peer, serverName, []);
      this.#streamDialers.set(key, dialer);
    }
    return dialer;
  }

  #makePool(thread: ProxyThread, dialer: (protocols: readonly string[]) => Dialer): Pool {
    switch (this.options.http2) {
      case 'never':
        return new ConnectionPool(thread, dialer(['http/1.1']));
      case 'always':
        return new Http2Pool(thread, dialer(['h2']));
      case 'offered':
        return new ChosenPool(thread, dialer);
    }
  }

  /** @param protocols offered in the handshake */
  #dialer(
    thread: ProxyThread,
    { address, port, name }: Peer,
    serverName: string,
    protocols: readonly string[],
  ): Dialer {
    const { tls, proxyVersion } = this.options;
    const endpoint = endpointOf(address, port);
    if (tls === null) return new PlainDialer(endpoint, proxyVersion);
    return new TlsDialer({
      endpoint,
      place: name,
      client: tls,
      serverName,
      protocols,
      proxyVersion,
      complain: (message) => thread.warn(message),
    });
  }

  #makeRoom(): void {
    if (this.#pools.size < MOST_POOLS) return;
    const [key, oldest] = this.#pools.entries().next().value!;
    this.#pools.delete(key);
    oldest.retire();
  }

  /** Nobody is to be spoken to like this any more: connections are closed once they are done. */
  retire(): void {
    this.#retired = true;
    this.renew();
    this.#onRetired();
  }

  /** The next connections are new ones. */
  renew(): void {
    for (const pool of this.#pools.values()) pool.retire();
    this.#pools.clear();
    this.#streamDialers.clear();
  }
}

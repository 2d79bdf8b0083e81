import { inOnePiece } from '../../../in-one-piece.ts';
import type { Asking } from './algorithm.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import type { PeerHealth } from '../health/peer-health.ts';
import type { PeerLoad } from './peer-load.ts';
import { placeName } from './place.ts';

/** One address that requests can be sent to. Kept as long as its target keeps that address. */
export class Peer {
  /** IPv4 or IPv6 address, without brackets, or `unix:` with a path. */
  readonly address: string;
  readonly port: number;
  /** `address:port`, as logs and metrics name it. */
  readonly name: string;
  /** Value of the `Host` field when the client's own is not preserved. */
  readonly hostHeader: string;
  /** Host and connection lines of most requests that go here. */
  readonly usualLines: string;
  /** What is told of each attempt; null when nobody minds the health of the upstream. */
  readonly health: PeerHealth | null;
  /** Idle connections to this address; set by the first request that is sent there. */
  pool: ConnectionPool | null = null;
  /** What goes on there; null where the upstream's algorithm does not ask. */
  load: PeerLoad | null = null;

  constructor(address: string, port: number, hostHeader: string, health: PeerHealth | null = null) {
    this.address = address;
    this.port = port;
    this.name = placeName(address, port);
    this.hostHeader = hostHeader;
    this.health = health;
    this.usualLines = inOnePiece(`Host: ${hostHeader}\r\nConnection: keep-alive\r\n`);
  }
}

/** Why no peer can be had, as a client is told. */
export type PickFailure = 'name resolution failed' | 'failure to get a peer from the ring-balancer';

/** Chooses where a request goes. One per service host or upstream and thread. */
export interface Balancer {
  /**
   * The next peer, or why there is none, or `undefined` while names are being resolved for the
   * first time: wait for `whenResolved()` and ask again. Later refreshes happen in the background
   * on the addresses known so far.
   *
   * @param asking who wants it; who asks again has failed where it was sent before
   */
  pick(asking: Asking): Peer | PickFailure | undefined;
  /** Resolves (never rejects) once `pick` gives an answer. */
  whenResolved(): Promise<void>;
  /** Stops refreshing names. */
  dispose(): void;
}

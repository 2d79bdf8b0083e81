import type { NodeSettings } from '../settings/node-settings.ts';

/** A certificate with its chain, and its key: PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What threads need for TLS towards clients besides the configuration. */
export interface TlsMaterial {
  /** Shown to clients that name no server, or one that no SNI fits; one for each type of key. */
  readonly defaults: readonly KeyPair[];
  /**
   * The first seals tickets, the others still open them; 48 bytes each, the same in all threads. Null:
   * sessions cannot be resumed.
   */
  readonly ticketKeys: readonly Uint8Array[] | null;
  /** Authorities of clients' certificates, PEM; null for none. */
  readonly clientAuthorities: string | null;
}

/** What the node itself brings along for connections to upstreams. */
export interface UpstreamMaterial {
  /** Authorities in PEM; null for those of the system. */
  readonly authorities: readonly string[] | null;
  /** Shown to upstreams where neither service nor upstream has a certificate; null for none. */
  readonly certificate: KeyPair | null;
}

/** What the control thread gives a proxy thread at its start (`workerData`). */
export interface ThreadSeed {
  readonly threadIndex: number;
  readonly settings: NodeSettings;
  /** Memory of the shared table of counters. */
  readonly counters: SharedArrayBuffer;
  /** Memory of the shared table of target health. */
  readonly health: SharedArrayBuffer;
  /** This thread's own block of metric cells: it alone writes. */
  readonly metrics: SharedArrayBuffer;
  readonly nodeId: string;
  /** Null when no listener takes TLS. */
  readonly tls: TlsMaterial | null;
  readonly upstreamTls: UpstreamMaterial;
}

/** Control thread → proxy thread. */
export type ToThread =
  /** A piece of a delta: JSON of `Change[]`, at most 200. Answered by `ack`. */
  | { readonly type: 'changes'; readonly seq: number; readonly changes: string }
  /** The delta is complete: compile it and swap it in. Answered by `live`. */
  | { readonly type: 'commit'; readonly revision: number; readonly hash: string }
  /** Stop accepting, let requests end, then exit; at the latest after so many ms. */
  | { readonly type: 'drain'; readonly timeout: number }
  /** Other certificates or keys, for handshakes from now on. */
  | { readonly type: 'tls'; readonly tls: TlsMaterial }
  /** Others to trust, or something else to show, on connections to upstreams from now on. */
  | { readonly type: 'upstream-tls'; readonly material: UpstreamMaterial }
  /** A load is over: what it has left behind may be collected. */
  | { readonly type: 'tidy' }
  /** Reopen log files (after a rotation). */
  | { readonly type: 'reopen-logs' };

/** A time series whose cells begin at `start` of the thread's block. */
export interface NewSeries {
  readonly family: string;
  /** Values in the order of the family's labels. */
  readonly labels: readonly string[];
  readonly start: number;
}

/** What had not ended when the time for it was over, and how much of it. */
export interface CutOff {
  readonly requests: number;
  readonly streams: number;
}

/** Proxy thread → control thread. */
export type FromThread =
  /** The thread runs and waits for a configuration. */
  | { readonly type: 'ready' }
  /** The first plan stands and the sockets listen. */
  | { readonly type: 'listening' }
  | { readonly type: 'ack'; readonly seq: number }
  | { readonly type: 'live'; readonly revision: number; readonly hash: string }
  /**
   * The delta could not be compiled: the message names the entity. The thread goes on with what it
   * served and has forgotten the changes.
   */
  | { readonly type: 'failed-commit'; readonly revision: number; readonly message: string }
  /** Time series that are new. */
  | { readonly type: 'series'; readonly series: readonly NewSeries[] }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly details?: object;
    }
  /** An error nobody caught: the thread wants to be replaced. */
  | { readonly type: 'failed'; readonly message: string }
  /** The thread ends. */
  | { readonly type: 'drained'; readonly cut: CutOff };

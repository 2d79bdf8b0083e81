import type { Listen } from '../../settings/node-settings.ts';
import type { CertificateStatus } from '../tls/certificate-status.ts';

export interface ThreadStatus {
  readonly index: number;
  readonly state: 'starting' | 'running' | 'draining';
  /** What it serves; null before its first configuration. */
  readonly revision: number | null;
  /** How often the thread was replaced after a failure. */
  readonly restarts: number;
}

/** How the last attempt to take a configuration went, the first one included. */
export interface ReloadStatus {
  /** ms since the epoch. */
  readonly time: number;
  readonly ok: boolean;
  /** What was wrong, each with its position; empty when `ok`. */
  readonly errors: readonly string[];
}

/** Why the node should get no requests. */
export type NotReady = 'no configuration available' | 'threads starting' | 'draining';

export interface NodeStatus {
  readonly version: string;
  readonly nodeId: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** Listeners for requests, with the ports that are really bound, as those of the others. */
  readonly listen: readonly Listen[];
  readonly streamListen: readonly Listen[];
  readonly adminListen: readonly Listen[];
  readonly statusListen: readonly Listen[];
  /** What every proxy thread serves by now; null before there is such a configuration. */
  readonly served: { readonly revision: number; readonly hash: string } | null;
  /** A revision that has been taken and is on its way to the threads; null when there is none. */
  readonly pendingRevision: number | null;
  readonly threads: readonly ThreadStatus[];
  readonly lastReload: ReloadStatus | null;
  /** When a configuration was last taken, ms since the epoch. */
  readonly lastSuccess: number | null;
  /** Configurations that were refused since the start. */
  readonly reloadFailures: number;
  readonly notReady: NotReady | null;
  /** How the store is; null when the configuration comes from a file. */
  readonly store: StoreStatus | null;
  /** What of the configuration has less effect than its author may expect, and other worries. */
  readonly warnings: readonly string[];
  /** What the node shows to clients; empty when no listener takes TLS. */
  readonly certificates: readonly CertificateStatus[];
}

/** The store of the configuration, and how the node keeps up with it. */
export interface StoreStatus {
  readonly kind: 'memory' | 'sqlite' | 'postgres';
  readonly reachable: boolean;
  /** What is wrong with it, for operators; null when it can be used. */
  readonly problem: string | null;
  /** Whether it is another store than the one that is served, which is kept then. */
  readonly foreign: boolean;
  /** When it became (un)reachable, ms since the epoch. */
  readonly since: number;
  /** The newest revision that the node knows of. */
  readonly revision: number;
  /** Whether the configuration came from the store or, since it was away, from the copy on disk. */
  readonly source: 'store' | 'snapshot';
  /** When the node last knew that it had all that the store had, ms since the epoch; null for never. */
  readonly lastSync: number | null;
}

/** What the status listener asks the control thread. Answered from memory, without asking threads. */
export interface StatusSource {
  status(): NodeStatus;
}

import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { LiveConfiguration } from '../configuration.ts';
import type { ReloadStatus, StoreStatus } from '../status/status-source.ts';

/** Where a node's configuration comes from: it brings the first one to the threads, and all others. */
export interface ConfigurationSource {
  readonly live: LiveConfiguration;
  readonly status: SourceStatus;
  /** What of the configuration has less effect than its author may expect. */
  readonly caveats: readonly string[];

  /**
   * Brings the first configuration to the threads.
   *
   * @throws OperatorError or ConfigurationError when there is none, RefusedError when the threads
   *   cannot compile it
   */
  first(): Promise<Snapshot>;

  /**
   * Looks for another configuration without being told of one. What is wrong with it is logged.
   *
   * @param cause for the log
   */
  reload(cause: string): Promise<void>;

  /** Looks no more; what is still to be written is written. */
  close(): Promise<void>;
}

export interface SourceStatus {
  readonly lastReload: ReloadStatus | null;
  /** When a configuration was last taken, ms since the epoch. */
  readonly lastSuccess: number | null;
  /** Configurations that were refused since the start. */
  readonly failures: number;
  /** Null when the configuration comes from a file. */
  readonly store: StoreStatus | null;
}

/**
 * Brings a configuration to the threads.
 *
 * @returns when all serve it, or a later one
 * @throws RefusedError when one of them cannot compile it
 */
export type Publish = (snapshot: Snapshot) => Promise<void>;

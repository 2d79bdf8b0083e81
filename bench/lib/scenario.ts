import type { Load } from './load.ts';
import type { Session } from './session.ts';

/** A Sluice of a scenario. */
export interface SluiceVariant {
  readonly name: string;
  readonly workers: number;
  /**
   * The configuration in front of a backend on `port`.
   *
   * @param quick whether a smaller one will do, since the numbers mean nothing
   */
  document(port: number, quick?: boolean): object;
  /** Further flags of `sluice start`; `folder` is for its files. */
  flags?(folder: string): string[];
  /** What clients send, where that differs from the scenario's. */
  readonly load?: Load;
}

/** Directives with which nginx does the work of a gateway itself. */
export interface NginxVariant {
  readonly name: string;
  /** Directives of the `http` block; `folder` is for files. */
  http(folder: string): string[];
  /** Directives of the location that passes requests on. */
  location(folder: string): string[];
}

/** The ratio of CPU a request to that of another contestant that is to be reached. */
export interface Goal {
  readonly atMost: number;
  /** Name of that contestant. */
  readonly of: string;
}

/** One kind of traffic that every contestant has to carry. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly load: Load;
  /**
   * Starts what the scenario needs beside the backend, such as a provider of logins.
   *
   * @param core that it may use
   */
  readonly prepare?: (session: Session, core: number) => Promise<void>;
  /** Has clients log in to Sluice. Their load takes the place of `load`, for all contestants. */
  readonly logIn?: (port: number) => Promise<Load>;
  readonly sluices: readonly SluiceVariant[];
  readonly nginx?: NginxVariant;
  readonly goal?: Goal;
  /** Requests without a key must be refused. */
  readonly guarded: boolean;
  /** Also measures p99 at half the throughput. */
  readonly paced: boolean;
  /** Each request must leave a line in this file of the contestant's folder. */
  readonly accessLog?: string;
}

/** Name of the contestant that all others are compared with. */
export const BASE = 'nginx';

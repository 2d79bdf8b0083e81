/** What the tests use of the recorder's replayer. */

export type HeaderLine = [string, string];

export interface Exchange {
  id: string;
  kind?: 'burst' | 'admin';
  quirk?: string;
  gen?: unknown;
  request: { method: string; target: string; headers?: HeaderLine[] };
  response: { status: number; json?: unknown };
  /** Of a burst: what its requests are hashed by. */
  keys?: string[];
  check?: Record<string, 'any'>;
  /** Of a burst. */
  result?: BurstResult;
}

export interface BurstResult {
  /** Requests that came to each upstream, by its number. */
  upstream_counts: Record<string, number>;
}

export interface Scenario {
  scenario: string;
  group: string;
  about: string;
  node_settings: Record<string, string>;
  pause_ms?: number;
  window_seconds?: number;
  fresh_connections?: boolean;
  config?: object;
  exchanges: Exchange[];
}

export interface CompareOptions {
  ignoreUpstream: string[];
  ignoreResponse: string[];
  onlyResponse: string[] | null;
  answers: Map<string, string>;
}

export interface Outcome {
  response: { status: number; body: unknown };
  /** Of a burst. */
  result?: BurstResult;
}

export const DEFAULT_IGNORE_UPSTREAM: string[];
export const DEFAULT_IGNORE_RESPONSE: string[];

export class Upstreams {
  constructor(ports: number[], host?: string);
  start(): Promise<void>;
  stop(): Promise<void>;
  closeIdle(): void;
}

export class Ctx {
  constructor(options: { proxyPort: number; adminPort: number; ports: number[]; deadPort: number });
  proxyPort: number;
  capture: Record<string, string>;
  deep<T>(value: T): T;
}

export function runExchange(exchange: Exchange, ctx: Ctx, upstreams: Upstreams): Promise<Outcome>;
export function compareExchange(
  exchange: Exchange,
  outcome: Outcome,
  ctx: Ctx,
  options: CompareOptions,
): string[];
/** Puts lists that have no order into one. */
export function sortErrors(value: unknown): unknown;
export function jsonMatches(expected: unknown, actual: unknown): boolean;
export function matches(expected: string, actual: string): boolean;
export function compareBurst(
  exchange: Exchange,
  outcome: Outcome,
  options: CompareOptions,
): string[];
export function waitForWindow(seconds: number | undefined): Promise<void>;

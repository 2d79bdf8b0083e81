/** What the tests use of the recorder's replayer. */

export type HeaderLine = [string, string];

export interface Exchange {
  id: string;
  kind?: 'burst' | 'admin';
  quirk?: string;
  gen?: unknown;
  request: { method: string; target: string };
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

export type Outcome = object;

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
export function compareBurst(
  exchange: Exchange,
  outcome: Outcome,
  options: CompareOptions,
): string[];
export function waitForWindow(seconds: number | undefined): Promise<void>;

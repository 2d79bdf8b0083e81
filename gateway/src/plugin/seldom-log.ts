import type { PluginLog } from './plugin.ts';

/** How long a message is not told again, ms. */
const SILENCE = 10_000;

interface Told {
  at: number;
  /** How often it came since. */
  since: number;
}

/**
 * Tells operators what clients bring about, who may do so as often as they like: each message once in
 * ten seconds at most, with how often it came. Messages are a fixed few.
 */
export class SeldomLog {
  readonly #log: PluginLog;
  readonly #now: () => number;
  readonly #told = new Map<string, Told>();

  constructor({ log, now }: { readonly log: PluginLog; readonly now: () => number }) {
    this.#log = log;
    this.#now = now;
  }

  warn(message: string, details: object): void {
    const now = this.#now();
    const told = this.#told.get(message);
    if (told === undefined) this.#told.set(message, { at: now, since: 0 });
    else {
      told.since++;
      if (now - told.at < SILENCE) return;
    }
    this.#log.warn(message, { ...details, times: told?.since ?? 1 });
    if (told !== undefined) Object.assign(told, { at: now, since: 0 });
  }
}

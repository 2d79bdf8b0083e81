import type { PluginEnv } from '../../plugin/plugin.ts';

const ONCE = [1];

/** Signatures that have come, known to all threads of a node for as long as they could come again. */
export class SeenSignatures {
  readonly #counters: PluginEnv['counters'];
  readonly #starts = [0];
  readonly #ends = [0];
  readonly #counts = [0];

  constructor(counters: PluginEnv['counters']) {
    this.#counters = counters;
  }

  /**
   * Notes a signature.
   *
   * @param until when it ceases to be valid, ms since the epoch
   * @returns null where there is no room to note it
   */
  isNew(signature: Buffer, until: number, now: number): boolean | null {
    this.#starts[0] = now;
    this.#ends[0] = until;
    const key = `hmac-auth ${signature.toString('base64')}`;
    const refused = this.#counters.take(key, ONCE, this.#starts, this.#ends, now, this.#counts);
    return refused === -2 ? null : refused === -1;
  }
}

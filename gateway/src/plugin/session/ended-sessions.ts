import type { PluginEnv } from '../plugin.ts';
import { SharedMarks } from '../shared-marks.ts';

/** What sessions need of their surroundings. */
export type SessionEnv = Pick<PluginEnv, 'counters' | 'log' | 'now'>;

/** What tells a session from others, for as long as cookies of it may be somewhere. */
export interface Begun {
  /** The same for all that came of one login. */
  readonly family: string;
  /** When its owner has logged in, seconds since the epoch. */
  readonly login: number;
}

/** Sessions without an end are remembered as ended for so long, s. */
export const TEN_YEARS = 315_360_000;

/** Sessions whose owner has logged out: on this node no copy of their cookies counts any more. */
export class EndedSessions {
  readonly #env: SessionEnv;
  readonly #marks: SharedMarks;
  readonly #span: number;

  /** @param span how long after a login its sessions may last, s */
  constructor(env: SessionEnv, span: number) {
    this.#env = env;
    this.#marks = new SharedMarks(env.counters, 'session ended');
    this.#span = span;
  }

  end(session: Begun): void {
    const isNoted = this.#marks.set(session.family, this.#untilOf(session), this.#env.now());
    if (isNoted !== null) return;
    this.#env.log.error('no room to note that a session has ended: its cookie still counts', {
      help: 'Give the node more counters: --counter-slots.',
    });
  }

  has(session: Begun): boolean {
    return this.#marks.has(session.family, this.#untilOf(session), this.#env.now());
  }

  #untilOf({ login }: Begun): number {
    return (login + this.#span) * 1000;
  }
}

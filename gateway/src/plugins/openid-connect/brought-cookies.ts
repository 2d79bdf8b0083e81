import { AtHand, Room } from '../../plugin/at-hand.ts';
import { withoutCookies } from '../../plugin/cookies.ts';
import { inOnePiece } from '../../plugin/header-line.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import type { PendingLogins } from './pending-logins.ts';
import type { Current, Sessions } from './sessions.ts';

/** What the cookies of a request come to. */
export interface Brought {
  /** In the order in which they were sent; some may have ended. */
  readonly sessions: readonly Current[];
  /** What the service gets of the cookies, see `withoutCookies`. */
  readonly left: string | null;
}

/** Of this thread. Only lines with a session take a place, so that nobody fills it with guesses. */
const room = new Room(4000, 4_000_000);

type Cookies = Pick<RequestView, 'headerValues'>;

/** Reads cookies. Browsers send the same line again and again, so what came of it is at hand. */
export class BroughtCookies {
  readonly #sessions: Sessions;
  readonly #pending: PendingLogins;
  readonly #names: readonly string[];
  readonly #atHand = new AtHand<Brought>(room);

  constructor(sessions: Sessions, pending: PendingLogins) {
    this.#sessions = sessions;
    this.#pending = pending;
    this.#names = sessions.names;
  }

  in(request: RequestView): Brought {
    const lines = request.headerValues('cookie');
    const [line = ''] = lines;
    if (lines.length !== 1) return this.#read(lines);
    const before = this.#atHand.get(line);
    if (before !== undefined) return before;
    // What is kept of it are parts of a copy, and not of the head that it came in.
    const brought = this.#read([inOnePiece(line)]);
    if (brought.sessions.length > 0) this.#atHand.set(line, brought, 2 * line.length);
    return brought;
  }

  #read(lines: readonly string[]): Brought {
    const cookies: Cookies = { headerValues: () => lines };
    const names = new Set([...this.#names, ...this.#pending.namesIn(cookies)]);
    return {
      sessions: this.#sessions.in(cookies),
      left: lines.length === 0 ? null : withoutCookies(lines, names),
    };
  }
}

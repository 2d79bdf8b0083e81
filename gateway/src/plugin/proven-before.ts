import { AtHand, Room } from './at-hand.ts';
import { KnownIdentity, type Present } from './known-identity.ts';
import type { Exchange } from './plugin.ts';

/** Of this thread. Only what has proven something takes a place, so that nobody fills it with guesses. */
const room = new Room(4000, 4_000_000);

/**
 * Whom a proof was found to stand for a moment ago, by the field that it came in, as it stands: the
 * same again needs neither be read nor verified nor looked up. Forgotten at once when anything changes
 * among consumers and credentials. One for each instance of a plugin, whose configuration it depends on.
 */
export class ProvenBefore {
  readonly #present: Present;
  readonly #atHand = new AtHand<KnownIdentity>(room);

  constructor(present: Present) {
    this.#present = present;
  }

  /** Lets whoever came with this proof before pass again. @returns whether it still counts */
  pass(ex: Exchange, proof: string): boolean {
    const known = this.#atHand.get(proof);
    return known !== undefined && known.authenticate(ex, this.#present);
  }

  /**
   * Notes whom an exchange was let pass as. Only what follows from the proof alone and from what stands
   * in the directory may be noted.
   *
   * @param until when the proof counts no longer, ms since the epoch
   * @param groups that came with it
   */
  note(ex: Exchange, proof: string, until: number, groups: readonly string[] | null = null): void {
    const known = new KnownIdentity(ex, this.#present, until, groups);
    // Where nothing is to be remembered, all room would go to what is of no use.
    if (known.counts(this.#present)) this.#atHand.set(proof, known, known.size);
  }
}

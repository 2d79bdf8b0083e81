import { BoundedWork, TOO_MUCH } from '../../plugin/bounded-work.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { verifyPassword } from '../../plugin/passwords.ts';
import type { CredentialInfo, Directory } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import type { UserPass } from './user-pass.ts';

export const CREDENTIALS = 'basicauth_credentials';

/** What became of a user name and a password before. */
export interface Verdict {
  readonly username: string;
  /** The user name as a field says it. */
  readonly identifier: string;
  /** The credential that the password was compared with; none where nobody has that name. */
  readonly credential: CredentialInfo | undefined;
  readonly proven: boolean;
}

interface Stored extends CredentialInfo {
  readonly password: string;
}

/** Found out again in a few ms, so only those need a place that come often. */
const MOST_PROVEN = 20_000;
/** A client that goes on sending a wrong password; whoever tries many is not to be remembered. */
const MOST_REFUSED = 1_000;

/**
 * One password at a time: each costs about 20 ms of a core and 19 MB, beside the event loop, in a pool
 * that resolves names and writes logs as well. As many wait as are done in about a second.
 */
const BOUNDS = { atOnce: 1, most: 64, mostOfOwner: 16 };

/** A hash of nothing, at the cost at which passwords are hashed. */
const NOBODY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Compares passwords with what is stored of them. Since that is made to be slow, what was found out is
 * remembered, under digests that say nothing of the password, and for as long as the credential stays
 * what it is.
 */
export class PasswordVerifier {
  readonly #proven = new RecentMap<Verdict>(MOST_PROVEN);
  readonly #refused = new RecentMap<Verdict>(MOST_REFUSED);
  readonly #work = new BoundedWork<boolean>(BOUNDS);
  /** A name that nobody has is compared with what the last name had, so that it takes as long. */
  #decoy = NOBODY;

  /** What was found out before, if it still holds. */
  remembered(digest: string, directory: Directory): Verdict | undefined {
    const verdict = this.#proven.get(digest) ?? this.#refused.get(digest);
    if (verdict === undefined) return undefined;
    const { username, credential } = verdict;
    return directory.credential(CREDENTIALS, username) === credential ? verdict : undefined;
  }

  /**
   * Finds out, beside the event loop.
   *
   * @param digest of what was sent
   * @param owner on whose behalf; one alone cannot keep all others waiting
   * @returns null where too much is waiting already
   */
  verify(
    digest: string,
    { username, password }: UserPass,
    owner: string,
    directory: Directory,
  ): Promise<Verdict> | null {
    const credential = directory.credential(CREDENTIALS, username) as Stored | undefined;
    const { password: stored = '', consumerId = '' } = credential ?? { password: this.#decoy };
    this.#decoy = stored;
    // With what is stored: a comparison with what was stored before proves nothing.
    const proof = this.#work.run(`${digest} ${stored}`, owner, () =>
      verifyPassword(stored, password, consumerId),
    );
    if (proof === TOO_MUCH) return null;
    return proof.then((matches) => {
      const proven = matches && credential !== undefined;
      const verdict = { username, identifier: fieldValue(username), credential, proven };
      // Meanwhile the credential may have become another: then this is worth nothing.
      const holds = directory.credential(CREDENTIALS, username) === credential;
      if (!holds) return { ...verdict, proven: false };
      (proven ? this.#proven : this.#refused).set(digest, verdict);
      return verdict;
    });
  }
}

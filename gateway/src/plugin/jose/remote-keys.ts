import type { PeerEnv } from '../peer/peer-state.ts';
import { RemoteDocument, type RemoteDocumentOptions } from '../remote-document.ts';
import { SharedByOptions, type Share } from '../shared-by-options.ts';
import type { Algorithm } from './algorithms.ts';
import { publicKeysIn, type PublicKey } from './jwk.ts';

/**
 * The public keys of an issuer of tokens, read from its key set and read again when they are old, or
 * when a token names one that is not known. Requests wait only while there is no key that could do.
 */
export class RemoteKeys {
  readonly #document: RemoteDocument<ReadonlySet<PublicKey>>;
  #known = new Map<string, PublicKey>();

  constructor(options: RemoteDocumentOptions, env: PeerEnv) {
    this.#document = new RemoteDocument(
      options,
      {
        called: 'the key set',
        without: 'Tokens of this issuer are refused until it can be read.',
        read: (json) => this.#read(json),
      },
      env,
    );
  }

  /** Whether there are keys, and not too old. */
  get usable(): boolean {
    return this.#document.value !== undefined;
  }

  /** Whether a key is still one of the issuer's. Has old ones read again. */
  has(key: PublicKey): boolean {
    return this.#document.fresh?.has(key) === true;
  }

  /** The key that a token names; one without a name must be the only one for its algorithm. */
  find(id: string | null, algorithm: Algorithm): PublicKey | undefined {
    const keys = this.#document.fresh ?? [];
    const fitting = [...keys].filter(({ algorithms }) => algorithms.has(algorithm));
    if (id !== null) return fitting.find((key) => key.id === id);
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /**
   * Reads the keys again; ends when that has succeeded or failed.
   *
   * @returns null where it is too early for that, or where too many wait for it already
   */
  refresh(): Promise<void> | null {
    return this.#document.refresh();
  }

  /** The same key stays the same object: what was verified with it stays so. */
  #read(json: unknown): ReadonlySet<PublicKey> {
    const keys = publicKeysIn(json).map((key) => this.#known.get(key.source) ?? key);
    this.#known = new Map(keys.map((key) => [key.source, key]));
    return new Set(keys);
  }
}

const shared = new SharedByOptions<RemoteKeys>();

/** Keys that all instances with the same options share. */
export function shareRemoteKeys(options: RemoteDocumentOptions, env: PeerEnv): Share<RemoteKeys> {
  return shared.share(options, () => new RemoteKeys(options, env));
}

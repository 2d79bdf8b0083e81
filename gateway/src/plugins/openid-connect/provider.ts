import type { PublicKey } from '../../plugin/jose/jwk.ts';
import { shareRemoteKeys, type RemoteKeys } from '../../plugin/jose/remote-keys.ts';
import { signerOf, type Signer } from '../../plugin/jose/signer.ts';
import type { Token } from '../../plugin/jose/token.ts';
import type { PeerEnv } from '../../plugin/peer/peer-state.ts';
import { RemoteDocument } from '../../plugin/remote-document.ts';
import { SharedByOptions, type Share } from '../../plugin/shared-by-options.ts';
import { discoveryUri, metadataIn, type ProviderMetadata } from './metadata.ts';

export interface ProviderOptions {
  readonly issuer: string;
  /** Key sets whose keys count as well as its own. */
  readonly extraKeys: readonly string[];
  /** Whether users log in there, which not every issuer of tokens has a place for. */
  readonly logsIn: boolean;
  /** How long what it publishes is used before it is read again, ms. */
  readonly ttl: number;
  /** How long it is used when it cannot be read again, ms. */
  readonly mostAge: number;
  /** For an answer, ms. */
  readonly timeout: number;
  /** Whether it needs a certificate that an authority vouches for. */
  readonly verify: boolean;
}

/** An OpenID provider: what it says of itself, and the keys of its tokens. */
export class Provider {
  readonly #options: ProviderOptions;
  readonly #env: PeerEnv;
  readonly #document: RemoteDocument<ProviderMetadata>;
  readonly #extra: readonly Share<RemoteKeys>[];
  #keys: { readonly uri: string; readonly share: Share<RemoteKeys> } | null = null;

  constructor(options: ProviderOptions, env: PeerEnv) {
    const { issuer, logsIn, extraKeys, ...bounds } = options;
    this.#options = options;
    this.#env = env;
    this.#extra = extraKeys.map((uri) => shareRemoteKeys({ uri, ...bounds }, env));
    this.#document = new RemoteDocument(
      { uri: discoveryUri(issuer), ...bounds },
      {
        called: 'the configuration of the OpenID provider',
        without: 'Nobody can log in, and its tokens are refused, until it can be read.',
        read: (json) => metadataIn(json, issuer, logsIn),
      },
      env,
    );
  }

  /** What it says of itself; null where it cannot be asked. Waits only while nothing is known. */
  metadata(): ProviderMetadata | null | Promise<ProviderMetadata | null> {
    const known = this.#document.fresh;
    if (known !== undefined) return known;
    const refresh = this.#document.refresh();
    if (refresh === null) return null;
    return refresh.then(() => this.#document.value ?? null);
  }

  /** The key with which a token was signed, whoever it claims to be from. */
  signerOf(token: Token, metadata: ProviderMetadata): Signer | Promise<Signer> {
    return signerOf(this.#setsOf(metadata), token);
  }

  /** Whether a key is still one of the provider's. */
  has(key: PublicKey): boolean {
    const metadata = this.#document.fresh;
    if (metadata === undefined) return false;
    return this.#keysOf(metadata).has(key) || this.#extra.some(({ thing }) => thing.has(key));
  }

  close(): void {
    for (const share of this.#extra) share.release();
    this.#keys?.share.release();
    this.#keys = null;
  }

  #setsOf(metadata: ProviderMetadata): readonly RemoteKeys[] {
    return [this.#keysOf(metadata), ...this.#extra.map(({ thing }) => thing)];
  }

  #keysOf({ keys }: ProviderMetadata): RemoteKeys {
    if (this.#keys?.uri !== keys.href) {
      this.#keys?.share.release();
      const { ttl, mostAge, timeout, verify } = this.#options;
      const share = shareRemoteKeys({ uri: keys.href, ttl, mostAge, timeout, verify }, this.#env);
      this.#keys = { uri: keys.href, share };
    }
    return this.#keys.share.thing;
  }
}

const shared = new SharedByOptions<Provider>((provider) => provider.close());

/** A provider that all instances of this thread with the same options share. */
export function shareProvider(options: ProviderOptions, env: PeerEnv): Share<Provider> {
  return shared.share(options, () => new Provider(options, env));
}

import type { Refusal } from '../../plugin/authentication.ts';
import { consumerBy } from '../../plugin/consumer-by.ts';
import { nameIn, namesIn } from '../../plugin/jose/claim-values.ts';
import { shareRemoteKeys, type RemoteKeys } from '../../plugin/jose/remote-keys.ts';
import { NO_KEYS, signerOf, type Signer } from '../../plugin/jose/signer.ts';
import { claimOf, type Token } from '../../plugin/jose/token.ts';
import type { ConsumerInfo, Directory, PluginEnv } from '../../plugin/plugin.ts';
import type { Refusals } from './refusals.ts';
import type { JwtConfig } from './schema.ts';
import { IssuerToken } from './verdict.ts';

type Outcome = IssuerToken | Refusal | typeof NO_KEYS;

/** Verifies tokens of one issuer with the keys that it publishes. */
export class IssuerVerifier {
  readonly #config: JwtConfig;
  readonly #directory: Directory;
  readonly #refusals: Refusals;
  readonly #algorithms: ReadonlySet<string>;
  readonly #keys: RemoteKeys;
  /** Call when it is not needed any more. */
  readonly dispose: () => void;

  constructor(config: JwtConfig, uri: string, env: PluginEnv, refusals: Refusals) {
    this.#config = config;
    this.#directory = env.directory;
    this.#refusals = refusals;
    this.#algorithms = new Set(config.jwks_algorithms);
    const { thing, release } = shareRemoteKeys(
      {
        uri,
        ttl: config.jwks_ttl * 1000,
        mostAge: config.jwks_max_age * 1000,
        timeout: config.jwks_timeout,
      },
      env,
    );
    this.#keys = thing;
    this.dispose = release;
  }

  verify(token: Token): Outcome | Promise<Outcome> {
    if (!this.#algorithms.has(token.algorithm)) return this.#refusals.because('Invalid algorithm');
    const signer = signerOf(this.#keys, token);
    if (!(signer instanceof Promise)) return this.#outcome(signer, token);
    return signer.then((settled) => this.#outcome(settled, token));
  }

  /** Whether the issuer still has the key that a token was verified with. */
  holds({ publicKey }: IssuerToken): boolean {
    return this.#keys.has(publicKey);
  }

  consumerOf({ name }: IssuerToken): ConsumerInfo | undefined {
    if (name === null) return undefined;
    return consumerBy(this.#directory, this.#config.consumer_by, name);
  }

  notFound({ name }: IssuerToken): Refusal {
    const { consumer_claim: claim } = this.#config;
    if (name === null) return this.#refusals.because(`No mandatory '${claim}' in claims`);
    return this.#refusals.because(`Could not find consumer for '${claim}=${name}'`);
  }

  #outcome(signer: Signer, { claims }: Token): Outcome {
    if (signer === NO_KEYS) return NO_KEYS;
    if (signer === null) return this.#refusals.because('Invalid signature');
    const { consumer_claim: claim, groups_claim: groupsClaim, issuer } = this.#config;
    const name = nameIn(claimOf(claims, claim));
    const groups = groupsClaim === null ? null : namesIn(claimOf(claims, groupsClaim));
    const subject = nameIn(claimOf(claims, 'sub')) ?? name ?? '';
    const credential = { id: `${issuer ?? ''} ${subject}`, consumerId: '' };
    return new IssuerToken(signer, claims, { name, groups, credential });
  }
}

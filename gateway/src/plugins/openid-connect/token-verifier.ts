import { isAlgorithm } from '../../plugin/jose/algorithms.ts';
import type { PublicKey } from '../../plugin/jose/jwk.ts';
import { NO_KEYS, type Signer } from '../../plugin/jose/signer.ts';
import { timeFaults, type TimeRules, type Times } from '../../plugin/jose/times.ts';
import { claimOf, readToken, type Claims, type Token } from '../../plugin/jose/token.ts';
import type { ProviderMetadata } from './metadata.ts';
import type { Provider } from './provider.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** The provider cannot be asked, so of the token nothing can be said. */
export const UNKNOWN = Symbol('unknown');

/** Why a token is none that its provider has signed for others to verify: it has not its three parts. */
export const OPAQUE = 'an opaque token, of which nothing can be verified here';

const THREE_PARTS = /\..*\./;

/** A token that the provider has signed. */
export interface GenuineToken {
  readonly key: PublicKey;
  readonly header: Claims;
  readonly claims: Claims;
}

/** A genuine token, or in a few words why it is none. */
export type Verdict = GenuineToken | string | typeof UNKNOWN;

/** Tells tokens that the provider has signed from others. Nothing that a token says decides how. */
export class TokenVerifier {
  readonly provider: Provider;
  readonly #algorithms: ReadonlySet<string>;
  readonly #others: ReadonlySet<unknown>;
  readonly #times: TimeRules;

  constructor(config: OpenidConfig, provider: Provider) {
    this.provider = provider;
    this.#algorithms = new Set(config.jwks_algorithms.filter(isAlgorithm));
    this.#others = new Set(config.issuers_allowed);
    const { leeway } = config;
    this.#times = { exp: true, nbf: 'present', futureIat: false, mostExp: 0, leeway };
  }

  verify(text: string): Verdict | Promise<Verdict> {
    if (!THREE_PARTS.test(text)) return OPAQUE;
    const token = readToken(text);
    if (typeof token === 'string') return `no token: ${token}`;
    if (!this.#algorithms.has(token.algorithm)) return 'the algorithm is not accepted';
    const metadata = this.provider.metadata();
    if (!(metadata instanceof Promise)) return this.#verifyWith(token, metadata);
    return metadata.then((known) => this.#verifyWith(token, known));
  }

  /**
   * What is wrong with the times of a token, in a few words; null when nothing is.
   *
   * @param now ms since the epoch
   */
  fault(times: Times, now: number): string | null {
    const faults = timeFaults(times, this.#times, Math.floor(now / 1000));
    if (faults === null) return null;
    const [[claim, fault] = []] = Object.entries(faults);
    return `${claim}: ${fault}`;
  }

  #verifyWith(token: Token, metadata: ProviderMetadata | null): Verdict | Promise<Verdict> {
    if (metadata === null) return UNKNOWN;
    const issuer = claimOf(token.claims, 'iss');
    if (issuer !== metadata.issuer && !this.#others.has(issuer)) return 'unexpected issuer';
    const signer = this.provider.signerOf(token, metadata);
    if (!(signer instanceof Promise)) return verdictOf(signer, token);
    return signer.then((settled) => verdictOf(settled, token));
  }
}

function verdictOf(signer: Signer, { header, claims }: Token): Verdict {
  if (signer === NO_KEYS) return UNKNOWN;
  if (signer === null) return 'the signature does not fit';
  return { key: signer, header, claims };
}

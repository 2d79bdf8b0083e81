import type { Refusal } from '../../plugin/authentication.ts';
import { signatureFits } from '../../plugin/jose/algorithms.ts';
import { claimOf, type Token } from '../../plugin/jose/token.ts';
import type { Directory } from '../../plugin/plugin.ts';
import type { Refusals } from './refusals.ts';
import type { JwtConfig } from './schema.ts';
import { algorithmOf, keyOf, type JwtCredential } from './secret-keys.ts';
import { CredentialToken } from './verdict.ts';

const CREDENTIALS = 'jwt_secrets';

/** Verifies tokens with the credentials of consumers, as Kong does. */
export class CredentialVerifier {
  readonly #claim: string;
  readonly #secretIsBase64: boolean;
  readonly #directory: Directory;
  readonly #refusals: Refusals;

  constructor(config: JwtConfig, directory: Directory, refusals: Refusals) {
    this.#claim = config.key_claim_name ?? 'iss';
    this.#secretIsBase64 = config.secret_is_base64;
    this.#directory = directory;
    this.#refusals = refusals;
  }

  verify({ algorithm, header, claims, signed, signature }: Token): CredentialToken | Refusal {
    const refusals = this.#refusals;
    const name = this.#claim;
    const key = claimOf(claims, name) ?? claimOf(header, name);
    if (key === undefined || key === false) {
      return refusals.because(`No mandatory '${name}' in claims`);
    }
    if (typeof key !== 'string' || key === '') {
      return refusals.because(`Invalid '${name}' in claims`);
    }
    const credential = this.#credential(key);
    if (credential === undefined) {
      return refusals.because(`No credentials found for given '${name}'`);
    }
    // What a token says of its algorithm decides nothing: it is that of the credential.
    if (algorithm !== algorithmOf(credential)) return refusals.because('Invalid algorithm');
    const verifyingKey = keyOf(credential, this.#secretIsBase64);
    if (verifyingKey === null) return refusals.because('Invalid key/secret');
    if (!signatureFits(algorithm, verifyingKey, signed, signature)) {
      return refusals.because('Invalid signature');
    }
    return new CredentialToken(key, credential, claims);
  }

  /** Whether what a token was verified with is still what stands under its key. */
  holds({ key, credential }: CredentialToken): boolean {
    return this.#credential(key) === credential;
  }

  notFound({ key }: CredentialToken): Refusal {
    return this.#refusals.because(`Could not find consumer for '${this.#claim}=${key}'`);
  }

  #credential(key: string): JwtCredential | undefined {
    return this.#directory.credential(CREDENTIALS, key);
  }
}

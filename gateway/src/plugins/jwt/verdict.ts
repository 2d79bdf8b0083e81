import { fieldValue } from '../../plugin/header-line.ts';
import type { CredentialInfo } from '../../plugin/plugin.ts';
import type { PublicKey } from '../../plugin/jose/jwk.ts';
import { timesOf, type Times } from '../../plugin/jose/times.ts';
import type { Claims } from '../../plugin/jose/token.ts';

/** A token whose signature was verified with a consumer's credential. */
export class CredentialToken {
  readonly key: string;
  /** The key as a field says it. */
  readonly identifier: string;
  readonly credential: CredentialInfo;
  readonly times: Times;

  constructor(key: string, credential: CredentialInfo, claims: Claims) {
    this.key = key;
    this.identifier = fieldValue(key);
    this.credential = credential;
    this.times = timesOf(claims);
  }
}

/** A token whose signature was verified with a key of the issuer. */
export class IssuerToken {
  readonly publicKey: PublicKey;
  readonly times: Times;
  /** What names its consumer; null where the claim is missing or no name. */
  readonly name: string | null;
  readonly groups: readonly string[] | null;
  /** Stands for the token where a credential is asked for. */
  readonly credential: CredentialInfo;

  constructor(
    publicKey: PublicKey,
    claims: Claims,
    about: Pick<IssuerToken, 'name' | 'groups' | 'credential'>,
  ) {
    this.publicKey = publicKey;
    this.times = timesOf(claims);
    this.name = about.name;
    this.groups = about.groups;
    this.credential = about.credential;
  }
}

export type VerifiedToken = CredentialToken | IssuerToken;

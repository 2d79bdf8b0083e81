import { claimAt, nameIn, namesIn } from '../../plugin/jose/claim-values.ts';
import { claimOf, type Claims } from '../../plugin/jose/token.ts';
import type { OpenidConfig } from './schema/schema.ts';

/** What the claims of a token come to for the configuration that read them. */
export interface Identity {
  /** Whom the token is about. */
  readonly subject: string;
  /** What names a consumer; null where nothing does. */
  readonly name: string | null;
  /** What stands for the credential; null where no claim does. */
  readonly credential: string | null;
  /** Groups for access control; null where no claim is to give them. */
  readonly groups: readonly string[] | null;
  /** What the service is told, in the order of `upstream_headers_names`; null for nothing. */
  readonly told: readonly (string | null)[];
}

export function identityOf(claims: Claims, config: OpenidConfig): Identity {
  const { consumer_claim: consumer, authenticated_groups_claim: groups } = config;
  const credential = nameIn(claimAt(claims, config.credential_claim ?? []));
  return {
    subject: nameIn(claimOf(claims, 'sub')) ?? '',
    name: consumer === null ? null : nameIn(claimAt(claims, consumer)),
    credential,
    groups: groups === null ? null : namesIn(claimAt(claims, groups)),
    told: (config.upstream_headers_claims ?? []).map((claim) => toldOf(claimOf(claims, claim))),
  };
}

/** Texts as they are, everything else as JSON; what lists texts with commas in between. */
function toldOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isList ? value.join(',') : JSON.stringify(value);
}

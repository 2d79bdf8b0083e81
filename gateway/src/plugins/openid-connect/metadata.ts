import { webAddress } from '../../plugin/web-address.ts';

/** What a provider says of itself (OpenID Connect Discovery). */
export interface ProviderMetadata {
  /** What its tokens have as `iss`, to the letter. */
  readonly issuer: string;
  readonly keys: URL;
  readonly authorization: URL | null;
  readonly token: URL | null;
  readonly revocation: URL | null;
  readonly endSession: URL | null;
  /** Ways in which clients may prove who they are. */
  readonly clientAuth: readonly string[];
  /** Whether its answers to browsers always say whose they are (RFC 9207). */
  readonly namesItself: boolean;
}

const WELL_KNOWN = '/.well-known/openid-configuration';

/** Where a provider publishes its metadata. */
export function discoveryUri(issuer: string): string {
  return issuer.endsWith(WELL_KNOWN) ? issuer : withoutSlash(issuer) + WELL_KNOWN;
}

/**
 * Reads the metadata of a provider.
 *
 * @param issuer as it is configured
 * @param logsIn whether users are to log in there
 * @throws Error when they are not those of this provider, or lack what every provider has
 */
export function metadataIn(json: unknown, issuer: string, logsIn: boolean): ProviderMetadata {
  if (typeof json !== 'object' || json === null) throw new Error('what was answered is no object');
  const fields = json as Readonly<Record<string, unknown>>;
  const { issuer: named } = fields;
  const expected = issuer.endsWith(WELL_KNOWN) ? issuer.slice(0, -WELL_KNOWN.length) : issuer;
  if (typeof named !== 'string' || withoutSlash(named) !== withoutSlash(expected)) {
    throw new Error(`the issuer is ${JSON.stringify(named)} there, not the one that is configured`);
  }
  const mustBeSecure = expected.startsWith('https:');
  const address = (name: string): URL | null => {
    const value = fields[name];
    if (value === undefined || value === null) return null;
    const found = webAddress(value);
    if (found !== null && !(mustBeSecure && found.protocol !== 'https:')) return found;
    throw new Error(`${name} is ${JSON.stringify(value)} there, which cannot be used`);
  };
  const keys = address('jwks_uri');
  const [authorization, token] = [address('authorization_endpoint'), address('token_endpoint')];
  if (keys === null) throw new Error('there is no jwks_uri');
  if (logsIn && authorization === null) throw new Error('there is no authorization_endpoint');
  if (logsIn && token === null) throw new Error('there is no token_endpoint');
  const methods = fields.token_endpoint_auth_methods_supported;
  return {
    issuer: named,
    keys,
    authorization,
    token,
    revocation: address('revocation_endpoint'),
    endSession: address('end_session_endpoint'),
    clientAuth: Array.isArray(methods) ? methods.filter((one) => typeof one === 'string') : [],
    namesItself: fields.authorization_response_iss_parameter_supported === true,
  };
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

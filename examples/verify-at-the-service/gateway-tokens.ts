import { createPublicKey, verify, type KeyObject } from 'node:crypto';

export interface GatewayTokensOptions {
  /** `/status/jwks` on the status listener of the gateway. */
  readonly jwksUrl: string;
  readonly issuer: string;
  /** What this service is called: the name of the service in the gateway, unless configured otherwise. */
  readonly audience: string;
  /**
   * Shortest time between two requests for the keys, ms: whoever invents key ids must not have the
   * gateway flooded. 5,000 when absent.
   */
  readonly pause?: number;
}

export interface GatewayClaims {
  readonly exp: number;
  /** Id of the consumer; absent where nobody has authenticated. */
  readonly sub?: string;
  readonly consumer?: { readonly username?: string; readonly custom_id?: string };
  readonly route: string;
}

interface PublishedKey {
  readonly kid: string;
  readonly alg: string;
  readonly [member: string]: unknown;
}

interface Key {
  readonly algorithm: string;
  readonly key: KeyObject;
}

/** How each algorithm verifies. The key says which it is for, never the token. */
const VERIFY: Readonly<
  Record<string, (data: Buffer, key: KeyObject, signature: Buffer) => boolean>
> = {
  ES256: (data, key, signature) =>
    verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
  EdDSA: (data, key, signature) => verify(null, data, key, signature),
  RS256: (data, key, signature) => verify('sha256', data, key, signature),
};

/** Clocks differ, seconds. */
const LEEWAY = 5;

/** Knows by their tokens which requests have come through the gateway. */
export class GatewayTokens {
  readonly #options: GatewayTokensOptions;
  #keys: ReadonlyMap<string, Key> = new Map();
  #askedAt = -Infinity;

  constructor(options: GatewayTokensOptions) {
    this.#options = options;
  }

  /** What a token says; null where it is not one of the gateway's, for this service, and of now. */
  async read(token: string | undefined): Promise<GatewayClaims | null> {
    const [header = '', payload = '', signature = '', ...rest] = token?.split('.') ?? [];
    if (signature === '' || rest.length > 0) return null;
    const { kid, alg } = parsed(header);
    const key = typeof kid === 'string' ? await this.#find(kid) : undefined;
    if (key === undefined || alg !== key.algorithm) return null;
    const signed = Buffer.from(`${header}.${payload}`);
    const isRight = VERIFY[key.algorithm];
    if (isRight?.(signed, key.key, Buffer.from(signature, 'base64url')) !== true) return null;
    const claims = parsed(payload);
    const { issuer, audience } = this.#options;
    if (claims.iss !== issuer || claims.aud !== audience) return null;
    const now = Date.now() / 1000;
    if (typeof claims.exp !== 'number' || claims.exp + LEEWAY < now) return null;
    return claims as unknown as GatewayClaims;
  }

  /** A new key of the gateway is not known before it is asked again. */
  async #find(id: string): Promise<Key | undefined> {
    const { jwksUrl, pause = 5000 } = this.#options;
    const known = this.#keys.get(id);
    if (known !== undefined || performance.now() - this.#askedAt < pause) return known;
    this.#askedAt = performance.now();
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`the gateway's keys cannot be read: ${response.status}`);
    const { keys } = (await response.json()) as { keys: readonly PublishedKey[] };
    this.#keys = new Map(
      keys.map((jwk) => [
        jwk.kid,
        { algorithm: jwk.alg, key: createPublicKey({ key: jwk, format: 'jwk' }) },
      ]),
    );
    return this.#keys.get(id);
  }
}

function parsed(section: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(section, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

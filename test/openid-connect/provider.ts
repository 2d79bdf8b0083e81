import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import OidcProvider, { type Configuration, type JWK } from 'oidc-provider';

export const CLIENT = { id: 'app', secret: 'the secret of the app' };
export const API = 'https://api.test';

/** What a test may want to be different. */
export interface ProviderOptions {
  /** How long access tokens count, s. */
  readonly lifetime?: number;
  /** Whether there are refresh tokens, each good for one use. */
  readonly refresh?: boolean;
}

/** A real OpenID provider. Whoever logs in is who he says he is. */
export class RealProvider {
  readonly issuer: string;
  /** Paths that were asked for, with their methods. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #redirectUris: string[] = [];
  #handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  #options: ProviderOptions = {};
  #key = newKey();

  private constructor(server: Server) {
    this.#server = server;
    // Another host than that of the gateway, as far as cookies are concerned.
    this.issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.asked.push(`${request.method} ${new URL(request.url ?? '', this.issuer).pathname}`);
      this.#handle(request, response);
    });
  }

  static async start(): Promise<RealProvider> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    return new RealProvider(server);
  }

  /** Lets the gateway have browsers come back to an origin, and forgets who is logged in. */
  configure(origin: string, options: ProviderOptions = {}): void {
    this.#redirectUris.splice(0, Infinity, origin);
    this.#options = options;
    this.#make();
  }

  /** Has another key from now on, and no longer the one before. */
  rotate(): void {
    this.#key = newKey();
    this.#make();
  }

  /** A token for an API, as an application gets that calls it for itself. */
  async accessToken(): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`robot:${CLIENT.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', resource: API, scope: 'orders' },
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`no token: ${response.status}`);
    return token;
  }

  count(line: string): number {
    return this.asked.filter((one) => one === line).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #make(): void {
    const handle = new OidcProvider(this.issuer, this.#configuration()).callback();
    this.#handle = (request, response) => void handle(request, response);
  }

  #configuration(): Configuration {
    const [origin = ''] = this.#redirectUris;
    const { lifetime = 3600, refresh = false } = this.#options;
    const secret = { client_secret: CLIENT.secret };
    return {
      clients: [
        {
          ...{ client_id: CLIENT.id, ...secret },
          redirect_uris: [`${origin}/callback`],
          post_logout_redirect_uris: [`${origin}/bye`],
          grant_types: ['authorization_code', 'refresh_token'],
        },
        {
          ...{ client_id: 'robot', ...secret, redirect_uris: [], response_types: [] },
          grant_types: ['client_credentials'],
        },
      ],
      jwks: { keys: [this.#key] },
      cookies: { keys: ['of the test'] },
      claims: { openid: ['sub'], email: ['email'], groups: ['groups'] },
      scopes: ['openid', 'email', 'groups', 'offline_access'],
      conformIdTokenClaims: false,
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@app.test`, groups: [`friends of ${id}`] }),
      }),
      issueRefreshToken: () => refresh,
      rotateRefreshToken: true,
      ttl: { AccessToken: lifetime, ClientCredentials: lifetime, Session: 3600, Grant: 3600 },
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: true },
        revocation: { enabled: true },
        clientCredentials: { enabled: true },
        rpInitiatedLogout: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({
            ...{ scope: 'orders', audience: API, accessTokenFormat: 'jwt' },
            ...{ accessTokenTTL: lifetime, jwt: { sign: { alg: 'RS256' } } },
          }),
        },
      },
    };
  }
}

function newKey(): JWK {
  const { privateKey }: { privateKey: KeyObject } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
  });
  const kid = `key ${Math.random()}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

import { createHmac } from 'node:crypto';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { tokenOf } from '../../gateway/src/plugin/jose/testing/tokens.ts';
import { TestProvider } from '../../gateway/src/plugins/openid-connect/testing/test-provider.ts';
import { Authority, type Issued } from '../support/authority.ts';

/** What a request is sent with. */
export interface Sent {
  readonly fields?: Readonly<Record<string, string>>;
  /** Query string. */
  readonly query?: string;
  readonly certificate?: Issued;
}

/** One way to prove who sends a request. Several can be used in one request. */
export interface Method {
  readonly plugin: string;
  readonly config: object;
  readonly proofOf: (user: string) => Sent;
  /** Looks like one, and is none. */
  readonly wrong: Sent;
}

const AUTHORITY = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c111';
const FAR = 4_102_444_800;
const users = ['ada', 'eve'];

/** Everything that the methods need, and the methods. */
export class Methods {
  readonly #authority = new Authority('Clients');
  readonly #strangers = new Authority('Strangers');
  readonly #certificates = new Map(
    users.map((user) => [user, this.#authority.issueTo(`/CN=${user}`)]),
  );
  readonly #stranger = this.#strangers.issueTo('/CN=ada');
  #introspection!: TestPeer;
  #decider!: TestPeer;
  #provider!: TestProvider;

  static async start(): Promise<Methods> {
    const methods = new Methods();
    methods.#introspection = await TestPeer.start(({ body }, response) => {
      const token = new URLSearchParams(body).get('token') ?? '';
      const username = token.startsWith('token-of-') ? token.slice(9) : undefined;
      response.end(JSON.stringify({ active: username !== undefined, username }));
    });
    methods.#decider = await TestPeer.start(({ headers }, response) => {
      const user = headers['x-own-token'] as string | undefined;
      if (user === undefined || !users.includes(user)) response.writeHead(401).end();
      else response.writeHead(200, { 'X-User': user }).end();
    });
    methods.#provider = await TestProvider.start();
    return methods;
  }

  async stop(): Promise<void> {
    this.#authority.remove();
    this.#strangers.remove();
    await this.#introspection.stop();
    await this.#decider.stop();
    await this.#provider.stop();
  }

  /** Authorities and consumers of a configuration: ada is among the staff, eve is not. */
  get entities(): object {
    const consumers = users.map((username) => ({
      username,
      acls: username === 'ada' ? [{ group: 'staff' }] : [],
      keyauth_credentials: [{ key: `key-of-${username}` }],
      basicauth_credentials: [{ username, password: `password of ${username}` }],
      hmacauth_credentials: [{ username, secret: `hmac of ${username}` }],
      jwt_secrets: [{ key: username, secret: `jwt of ${username} is long enough` }],
    }));
    return {
      ca_certificates: [{ id: AUTHORITY, cert: this.#authority.cert }],
      consumers: [...consumers, { username: 'guest' }],
    };
  }

  get all(): readonly Method[] {
    return [
      {
        plugin: 'key-auth',
        config: {},
        proofOf: (user) => ({ fields: { apikey: `key-of-${user}` } }),
        wrong: { fields: { apikey: 'of nobody' } },
      },
      {
        plugin: 'basic-auth',
        config: {},
        proofOf: (user) => basic(`${user}:password of ${user}`),
        wrong: basic('ada:password'),
      },
      {
        plugin: 'hmac-auth',
        config: {},
        proofOf: (user) => hmac(user, `hmac of ${user}`),
        wrong: hmac('ada', 'hmac of eve'),
      },
      {
        plugin: 'jwt',
        config: { header_names: ['x-jwt'], uri_param_names: [] },
        proofOf: (user) => jwt(user, `jwt of ${user} is long enough`),
        wrong: jwt('ada', 'jwt of eve is long enough'),
      },
      {
        plugin: 'mtls-auth',
        config: { ca_certificates: [AUTHORITY] },
        proofOf: (user) => ({ certificate: this.#certificates.get(user)! }),
        wrong: { certificate: this.#stranger },
      },
      {
        plugin: 'oauth2-introspection',
        config: {
          introspection_url: this.#introspection.url('/'),
          authorization_value: 'Basic x',
          consumer_optional: false,
        },
        proofOf: (user) => ({ query: `access_token=token-of-${user}` }),
        wrong: { query: 'access_token=revoked' },
      },
      {
        plugin: 'external-auth',
        config: {
          url: this.#decider.url('/'),
          request_headers: ['x-own-token'],
          consumer_header: 'x-user',
        },
        proofOf: (user) => ({ fields: { 'x-own-token': user } }),
        wrong: { fields: { 'x-own-token': 'mallory' } },
      },
      {
        plugin: 'openid-connect',
        config: {
          issuer: this.#provider.issuer,
          client_id: ['app'],
          auth_methods: ['bearer'],
          bearer_token_param_type: ['cookie'],
          bearer_token_cookie_name: 'oidc',
          consumer_claim: ['sub'],
        },
        proofOf: (sub) => {
          const token = this.#provider.token({ sub, aud: 'app', exp: FAR });
          return { fields: { Cookie: `oidc=${token}` } };
        },
        wrong: {
          fields: {
            Cookie: `oidc=${this.#provider.token({ sub: 'ada', aud: 'app', exp: 1 })}`,
          },
        },
      },
    ];
  }
}

/** What a request is sent with that is to prove several things. */
export function together(...sent: readonly Sent[]): Sent {
  const certificate = sent.find((one) => one.certificate !== undefined)?.certificate;
  return {
    fields: Object.assign({}, ...sent.map(({ fields }) => fields)) as Record<string, string>,
    query: sent.flatMap(({ query }) => query ?? []).join('&'),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

function basic(login: string): Sent {
  return { fields: { Authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}

/** Beside a login in `Authorization`. */
function hmac(username: string, secret: string): Sent {
  const date = new Date().toUTCString();
  const signature = createHmac('sha256', secret).update(`date: ${date}`).digest('base64');
  const value = `hmac username="${username}", algorithm="hmac-sha256", headers="date", signature="${signature}"`;
  return { fields: { Date: date, 'Proxy-Authorization': value } };
}

function jwt(iss: string, secret: string): Sent {
  return { fields: { 'X-JWT': `Bearer ${tokenOf('HS256', secret, { iss })}` } };
}

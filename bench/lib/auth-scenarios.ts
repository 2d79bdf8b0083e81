import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { backendPaths, INTROSPECTED_USER } from './backend.ts';
import { siteDocument } from './documents.ts';
import type { Load } from './load.ts';
import { BASE, type Scenario } from './scenario.ts';

/** Consumers that send requests, each with a credential of its own. */
const CONSUMERS = 1_000;

/** What clients send, and what the gateway knows of them. */
interface Traffic {
  /** Values of `Authorization`. */
  readonly values: readonly string[];
  /** Further fields of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly consumers: readonly object[];
}

interface Shape {
  readonly name: string;
  readonly title: string;
  /** @param backend port of the backend, which also says of tokens that they are active */
  readonly plugin: (backend: number) => object;
  /** Highest ratio to nginx. */
  readonly atMost: number;
  readonly traffic: () => Traffic;
}

const numbers = Array.from({ length: CONSUMERS }, (_, n) => n);
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function basic(): Traffic {
  return {
    values: numbers.map(
      (n) => `Basic ${Buffer.from(`user-${n}:pass word ${n}`).toString('base64')}`,
    ),
    consumers: numbers.map((n) => ({
      username: `consumer-${n}`,
      basicauth_credentials: [{ username: `user-${n}`, password: `pass word ${n}` }],
    })),
  };
}

/** Tokens as large as usual. */
function tokens(algorithm: string, signature: (text: string) => Buffer): string[] {
  return numbers.map((n) => {
    const claims = {
      iss: `issuer-${n}`,
      sub: `7d3f9a1c-5e8b-4046-${n}`,
      aud: 'https://api.example.com',
      exp: 4_102_444_800,
      scope: 'orders:read orders:write profile',
    };
    const header = base64url(JSON.stringify({ alg: algorithm, typ: 'JWT', kid: 'key-1' }));
    const text = `${header}.${base64url(JSON.stringify(claims))}`;
    return `Bearer ${text}.${signature(text).toString('base64url')}`;
  });
}

function withSecrets(): Traffic {
  const secret = 'f4b1c2d3e5a60718293a4b5c6d7e8f90';
  return {
    values: tokens('HS256', (text) => createHmac('sha256', secret).update(text).digest()),
    consumers: numbers.map((n) => ({
      username: `consumer-${n}`,
      jwt_secrets: [{ key: `issuer-${n}`, secret }],
    })),
  };
}

function withPublicKeys(): Traffic {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    values: tokens('RS256', (text) => sign('sha256', Buffer.from(text), privateKey)),
    consumers: numbers.map((n) => ({
      username: `consumer-${n}`,
      jwt_secrets: [{ key: `issuer-${n}`, algorithm: 'RS256', rsa_public_key: pem }],
    })),
  };
}

function signed(): Traffic {
  const secret = '9c1185a5c5e9fc54612808977ee8f548b2258d31';
  const date = new Date().toUTCString();
  const text = `date: ${date}\nGET /api/orders/1234 HTTP/1.1`;
  const signature = createHmac('sha256', secret).update(text).digest('base64');
  return {
    headers: { Date: date },
    values: numbers.map(
      (n) =>
        `hmac username="user-${n}", algorithm="hmac-sha256", headers="date request-line", signature="${signature}"`,
    ),
    consumers: numbers.map((n) => ({
      username: `consumer-${n}`,
      hmacauth_credentials: [{ username: `user-${n}`, secret }],
    })),
  };
}

/** Tokens that only the server knows which issued them. All of them are of one user. */
function opaque(): Traffic {
  return {
    values: numbers.map(
      (n) => `Bearer ${createHash('sha256').update(`token ${n}`).digest('base64url')}`,
    ),
    consumers: [{ username: INTROSPECTED_USER }],
  };
}

const shapes: readonly Shape[] = [
  {
    name: 'basic-auth',
    title: 'basic-auth, 1,000 users',
    plugin: () => ({ name: 'basic-auth' }),
    atMost: 1.4,
    traffic: basic,
  },
  {
    name: 'jwt-hs256',
    title: 'jwt, 1,000 tokens with HS256',
    plugin: () => ({ name: 'jwt', config: { claims_to_verify: ['exp'] } }),
    atMost: 1.5,
    traffic: withSecrets,
  },
  {
    name: 'jwt-rs256',
    title: 'jwt, 1,000 tokens with RS256',
    plugin: () => ({ name: 'jwt', config: { claims_to_verify: ['exp'] } }),
    atMost: 1.5,
    traffic: withPublicKeys,
  },
  {
    name: 'hmac-auth',
    title: 'hmac-auth, each request verified anew',
    // The signature is made once, before the first request.
    plugin: () => ({ name: 'hmac-auth', config: { clock_skew: 86_400 } }),
    atMost: 2,
    traffic: signed,
  },
  {
    name: 'introspection',
    title: 'oauth2-introspection, 1,000 tokens with kept answers',
    plugin: (backend) => ({
      name: 'oauth2-introspection',
      config: {
        introspection_url: `http://127.0.0.1:${backend}${backendPaths.introspect}`,
        authorization_value: 'Basic Z2F0ZXdheTpzZWNyZXQ=',
        ttl: 3600,
      },
    }),
    atMost: 1.5,
    traffic: opaque,
  },
];

/** Requests that prove who sends them, each kind on its own. */
export function authScenarios(plain: Load): Scenario[] {
  return shapes.map(({ name, title, plugin, atMost, traffic }) => {
    let made: Traffic | undefined;
    // Only for who runs the scenario: signatures take a while.
    const once = (): Traffic => (made ??= traffic());
    return {
      name,
      title,
      get load() {
        const { values, headers } = once();
        const credentials = { field: 'Authorization', values };
        return { ...plain, credentials, ...(headers === undefined ? {} : { headers }) };
      },
      sluices: [
        {
          name: 'Sluice',
          workers: 1,
          document: (port) => ({
            ...siteDocument({ port, routes: 1, path: '/api', plugins: [plugin(port)] }),
            consumers: once().consumers,
          }),
        },
      ],
      goal: { atMost, of: BASE },
      guarded: true,
      paced: false,
    };
  });
}

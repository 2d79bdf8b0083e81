import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { head } from '../support/message.ts';
import { Site } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';
import { Methods, type Method, type Sent } from '../authentication/methods.ts';

type Entity = Record<string, unknown>;

const methods = await Methods.start();

/** What has a plugin look at `Authorization`. */
const IN_FIELD: Readonly<Record<string, object>> = {
  jwt: { header_names: ['authorization'] },
  'openid-connect': { bearer_token_param_type: ['header'] },
};

/** In `Authorization`, where what was proven a moment ago is at hand. */
const inField = methods.all
  .filter(({ plugin }) => ['jwt', 'oauth2-introspection', 'openid-connect'].includes(plugin))
  .map(({ plugin, config, proofOf, wrong }): Method & { readonly name: string } => {
    const tokenIn = ({ fields, query = '' }: Sent): string =>
      Object.values(fields ?? { query })[0]!.replace(/^.*[ =]/, '');
    const asField = (sent: Sent): Sent => ({
      fields: { Authorization: `Bearer ${tokenIn(sent)}` },
    });
    return {
      ...{ name: `${plugin}-in-field`, plugin, wrong: asField(wrong) },
      config: { ...config, ...IN_FIELD[plugin] },
      proofOf: (user) => asField(proofOf(user)),
    };
  });
const all = [...methods.all.map((method) => ({ ...method, name: method.plugin })), ...inField];

/** Methods whose proof is a credential of the configuration, and what it is kept in. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  'key-auth': 'keyauth_credentials',
  'basic-auth': 'basicauth_credentials',
  'hmac-auth': 'hmacauth_credentials',
  jwt: 'jwt_secrets',
};
/** What of it is secret, or its only name. */
const SECRETS: Readonly<Record<string, string>> = {
  keyauth_credentials: 'key',
  basicauth_credentials: 'password',
  hmacauth_credentials: 'secret',
  jwt_secrets: 'secret',
};
const byCredential = all.filter(({ plugin }) => plugin in CREDENTIALS);
const byName = all.filter(({ plugin }) => !(plugin in CREDENTIALS));

const acl = { name: 'acl', config: { allow: ['staff'] } };
const session = { name: 'session', config: { secret: 'of the test', cookie_secure: false } };

describe('What was proven a moment ago', () => {
  let port = 0;
  let proofs: ReadonlyMap<string, Sent>;
  let cookies: ReadonlyMap<string, Sent>;

  /** @param change made to ada, or to the plugin of each method */
  function document(
    changed: (ada: Entity, eve: Entity) => readonly Entity[] = (ada, eve) => [ada, eve],
    pluginOf: (method: Method) => object = ({ plugin, config }) => ({ name: plugin, config }),
  ): object {
    const { ca_certificates, consumers } = structuredClone(methods.entities) as {
      readonly ca_certificates: object;
      readonly consumers: Entity[];
    };
    const [ada = {}, eve = {}, guest = {}] = consumers;
    const routes = all.flatMap((method) => {
      const { name, plugin, config } = method;
      const optional = { name: plugin, config: { ...config, anonymous: 'guest' } };
      return [
        { name, paths: [`/${name}/`], plugins: [pluginOf(method)] },
        { name: `staff-${name}`, paths: [`/staff-${name}/`], plugins: [pluginOf(method), acl] },
        { name: `session-${name}`, paths: [`/session-${name}/`], plugins: [session, optional] },
      ];
    });
    return {
      _format_version: '3.0',
      ca_certificates,
      consumers: [...changed(ada, eve), guest],
      services: [{ name: 'origin', url: `http://127.0.0.1:${port}`, routes }],
    };
  }

  const site = new Site({
    listen: '127.0.0.1:0 ssl',
    config: (originPort) => {
      port = originPort;
      return document();
    },
  });
  before(async () => {
    await site.start();
    await site.serve((exchange) => {
      const body = field(exchange.request, 'x-consumer-username') ?? '';
      return exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });
  after(async () => {
    await site.stop();
    await methods.stop();
  });

  async function send(route: string, { fields = {}, query = '', certificate }: Sent) {
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    const target = `/${route}/${query === '' ? '' : `?${query}`}`;
    const bytes = head(`GET ${target} HTTP/1.1`, 'Host: gw.test', 'Connection: close', ...lines);
    const options = { servername: 'gw.test', ...certificate };
    return fetchTls(site.gateway.proxyPorts[0] ?? 0, options, bytes);
  }

  async function outcome(route: string, sent: Sent): Promise<string | number> {
    const { status, text } = await send(route, sent);
    return status === 200 ? text : status;
  }

  /** Has ada pass by each method, so often that whatever may be remembered is. */
  async function provenOnce(): Promise<void> {
    proofs = new Map(all.map(({ name, proofOf }) => [name, proofOf('ada')]));
    const found = new Map<string, Sent>();
    for (const [name, proof] of proofs) {
      for (const route of [name, `staff-${name}`, name, `staff-${name}`]) {
        assert.equal(await outcome(route, proof), 'ada', route);
      }
      const { fields } = await send(`session-${name}`, proof);
      const cookie = /^session=[^;]+/.exec(field({ fields }, 'set-cookie') ?? '')?.[0] ?? '';
      found.set(name, { fields: { Cookie: cookie } });
      assert.equal(await outcome(`session-${name}`, found.get(name)!), 'ada', name);
    }
    cookies = found;
  }

  /** Serves a configuration in place of the one under which all was proven; then that again. */
  async function under(changed: object, check: () => Promise<void>): Promise<void> {
    await provenOnce();
    await site.gateway.reload(changed);
    try {
      await check();
    } finally {
      await site.gateway.reload(document());
    }
    await provenOnce();
  }

  /** Held against each method, all of which are told in one failure. */
  async function areAll(
    expected: string | number,
    routeOf: (name: string) => string = (name) => name,
    among: readonly { readonly name: string }[] = all,
    sentBy: () => ReadonlyMap<string, Sent> = () => proofs,
  ): Promise<void> {
    const outcomes: Record<string, string | number> = {};
    for (const { name } of among) {
      outcomes[name] = await outcome(routeOf(name), sentBy().get(name)!);
    }
    assert.deepEqual(outcomes, Object.fromEntries(among.map(({ name }) => [name, expected])));
  }
  const ofStaff = (name: string): string => `staff-${name}`;
  const ofSessions = (name: string): string => `session-${name}`;

  it('proves nothing once the consumer is gone', async () => {
    const alone = document((_, eve) => [eve]);
    await under(alone, async () => {
      for (const { name } of all) {
        const status = await outcome(name, proofs.get(name)!);
        assert.ok(status === 401 || status === 403, `${name}: ${status}`);
      }
      await areAll('guest', ofSessions, all, () => cookies);
    });
  });

  it('proves nothing once the credential is gone', async () => {
    const without = ({ ...ada }: Entity): Entity => {
      for (const kind of Object.values(CREDENTIALS)) delete ada[kind];
      return ada;
    };
    await under(
      document((ada, eve) => [without(ada), eve]),
      async () => {
        await areAll(401, undefined, byCredential);
        await areAll('guest', ofSessions, byCredential, () => cookies);
        await areAll('ada', undefined, byName);
      },
    );
  });

  it('proves nothing once the credential has another secret', async () => {
    const withOther = ({ ...ada }: Entity): Entity => {
      for (const [kind, secret] of Object.entries(SECRETS)) {
        const [credential] = ada[kind] as [Entity];
        ada[kind] = [{ ...credential, [secret]: 'another, which is long enough to be one' }];
      }
      return ada;
    };
    await under(
      document((ada, eve) => [withOther(ada), eve]),
      async () => {
        await areAll(401, undefined, byCredential);
        await areAll('guest', ofSessions, byCredential, () => cookies);
        await areAll('ada', undefined, byName);
      },
    );
  });

  it('proves another to be there once the credential is theirs', async () => {
    const given = (ada: Entity, eve: Entity): Entity[] => {
      const [own, other]: Entity[] = [{ ...ada }, { ...eve }];
      for (const kind of Object.values(CREDENTIALS)) {
        other![kind] = own![kind];
        delete own![kind];
      }
      return [own!, other!];
    };
    await under(document(given), () => areAll('eve', undefined, byCredential));
  });

  it('does not let pass who is no longer in the group', async () => {
    const outside = document((ada, eve) => [{ ...ada, acls: [] }, eve]);
    await under(outside, async () => {
      await areAll('ada');
      await areAll(403, ofStaff);
    });
  });

  it('counts for the plugin as it was configured, and no other', async () => {
    const stricter: Readonly<Record<string, object>> = {
      'key-auth': { key_names: ['other'] },
      jwt: { claims_to_verify: ['exp'] },
      'oauth2-introspection': { scopes_required: ['admin'] },
      'openid-connect': { audience_required: ['other'] },
      'hmac-auth': { enforce_headers: ['request-line'] },
      'external-auth': { request_headers: ['x-nothing'] },
    };
    const chosen = all.filter(({ plugin }) => plugin in stricter);
    const changed = document(undefined, ({ plugin, config }) => ({
      name: plugin,
      config: { ...config, ...stricter[plugin] },
    }));
    await under(changed, async () => {
      for (const { name } of chosen) {
        const status = await outcome(name, proofs.get(name)!);
        assert.ok(status === 401 || status === 403, `${name}: ${status}`);
      }
    });
  });

  it('counts on a route of another plugin for nothing', async () => {
    await provenOnce();
    for (const { name, plugin, proofOf } of all) {
      for (const other of all) {
        if (other.plugin === plugin) continue;
        assert.equal(await outcome(other.name, proofOf('ada')), 401, `${name} at ${other.name}`);
      }
    }
  });
});

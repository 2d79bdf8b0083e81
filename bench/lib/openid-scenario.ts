import { JarClient } from '../../test/openid-connect/jar-client.ts';
import type { RealProvider } from '../../test/openid-connect/provider.ts';
import { BenchError } from './bench-error.ts';
import { siteDocument } from './documents.ts';
import type { Load } from './load.ts';
import { BASE, type Scenario } from './scenario.ts';

const ORIGIN = 'https://app.test';
/** Each of a user of its own. */
const LOGINS = 20;

/** Of a configuration that is only printed. */
const NO_CLIENT = { id: 'app', secret: 'secret' };

/** Requests of browsers that have logged in with a real OpenID provider. */
export function openidScenario(plain: Load): Scenario {
  let provider: { readonly issuer: string; readonly client: typeof NO_CLIENT } | null = null;
  return {
    name: 'openid-session',
    title: 'openid-connect, sessions of 20 users',
    load: plain,
    async prepare(session) {
      // Loaded for this scenario alone.
      const { CLIENT, RealProvider } = await import('../../test/openid-connect/provider.ts');
      const started: RealProvider = await RealProvider.start();
      session.onClose(() => started.stop());
      started.configure(ORIGIN);
      provider = { issuer: started.issuer, client: CLIENT };
    },
    async logIn(port) {
      const cookies: string[] = [];
      for (let n = 0; n < LOGINS; n++) cookies.push(await loggedIn(port, plain.path, `user-${n}`));
      return { ...plain, credentials: { field: 'Cookie', values: cookies } };
    },
    sluices: [
      {
        name: 'Sluice',
        workers: 1,
        document: (backend) => {
          const { issuer, client } = provider ?? { issuer: 'http://localhost', client: NO_CLIENT };
          const config = {
            issuer,
            client_id: [client.id],
            client_secret: [client.secret],
            redirect_uri: [`${ORIGIN}/callback`],
            session_secret: '7f0d5ae0a5f0c6a6b2f0d8c1e94b3d27',
            // A use is noted in another cookie, which the load would not keep.
            session_idling_timeout: 0,
          };
          const plugins = [{ name: 'openid-connect', config }];
          return siteDocument({ port: backend, routes: 1, path: '/', plugins });
        },
      },
    ],
    goal: { atMost: 1.6, of: BASE },
    guarded: true,
    paced: false,
  };
}

/** @returns what the browser of a user sends from then on */
async function loggedIn(port: number, path: string, user: string): Promise<string> {
  const client = new JarClient(port);
  const response = await client.logIn(path, user);
  if (response.status !== 302) throw new BenchError(`a login failed: ${response.status}`);
  return [...client.jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { readDeclaration } from '../declaration.ts';
import { storedCaveats } from './stored-caveats.ts';

function messagesOf(document: object): string[] {
  const text = JSON.stringify({ _format_version: '3.0', ...document });
  const result = readDeclaration(text, { plugins: knownPlugins });
  assert.ok(result.ok);
  const caveats = storedCaveats(result.tables, bundledPlugins);
  return caveats.map(({ message }) => message.replace(/[\da-f]{8}-[\da-f-]{27}/g, '…'));
}

describe('storedCaveats', () => {
  it('says nothing of what is served', () => {
    assert.deepEqual(
      messagesOf({
        services: [{ name: 's', host: 'h', routes: [{ paths: ['/'] }] }],
        plugins: [{ name: 'rate-limiting', config: { minute: 1 } }],
      }),
      [],
    );
  });

  it('names what is kept and not served, together where it has the same reason', () => {
    assert.deepEqual(
      messagesOf({
        services: [
          { name: 'a', url: 'udp://h:1' },
          { name: 'b', url: 'udp://h:1' },
        ],
        consumers: [{ username: 'c', oauth2_credentials: [{ name: 'o' }] }],
        upstreams: [{ name: 'u', healthchecks: { active: { healthy: { interval: 5 } } } }],
      }),
      [
        "oauth2 credential entities are not used by Sluice yet: oauth2 credential '…' is kept without effect",
        "services.protocol: udp is not supported by Sluice yet: each of services 'a', 'b' answers 503",
        "upstreams.healthchecks.active.healthy.interval is not supported by Sluice yet: upstream 'u' is served without it",
      ],
    );
  });

  it('looks into plugins, unless they are switched off', () => {
    assert.deepEqual(
      messagesOf({
        plugins: [
          { name: 'grpc-web' },
          { name: 'jwt', enabled: false },
          { name: 'rate-limiting', config: { minute: 1, policy: 'cluster' } },
        ],
      }),
      [
        "plugin 'grpc-web' is one of Kong's that Sluice does not run yet: plugin 'grpc-web' (…) is kept without effect",
        "plugin rate-limiting: config.policy: cluster is not supported by Sluice yet: plugin 'rate-limiting' (…) counts on each node by itself",
      ],
    );
  });

  it('never shows a secret', () => {
    const [message = ''] = messagesOf({
      consumers: [{ username: 'c', jwt_secrets: [{ key: 'the-key', secret: 'the-secret' }] }],
    });
    assert.doesNotMatch(message, /the-/);
  });
});

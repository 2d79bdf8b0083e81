import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { startGateway, type Gateway } from '../support/gateway.ts';

let gateway: Gateway | undefined;
after(() => gateway?.stop());

it('/status tells where every listener is, with the ports that are bound', async () => {
  gateway = await startGateway({
    config: { _format_version: '3.0' },
    admin: true,
    flags: ['--stream-listen', '127.0.0.1:0'],
  });
  const status = await gateway.status();
  assert.deepEqual(status.listen, [`127.0.0.1:${gateway.proxyPort}`]);
  assert.deepEqual(status['admin_listen'], [`127.0.0.1:${gateway.adminPort}`]);
  assert.deepEqual(status['status_listen'], [`127.0.0.1:${gateway.statusPort}`]);
  const [stream] = status['stream_listen'] as string[];
  assert.match(stream ?? '', /^127\.0\.0\.1:[1-9]\d*$/);
});

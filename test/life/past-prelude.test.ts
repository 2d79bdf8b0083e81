import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { Heaps } from '../soak/heaps.ts';
import { get } from '../support/message.ts';
import { useSite } from '../support/site.ts';

const heaps = new Heaps();
after(() => heaps.dispose());
const site = useSite({
  listen: '127.0.0.1:0 proxy_protocol',
  flags: ['--trusted-ips', '127.0.0.1'],
  env: heaps.environment,
});

it('A connection that lives on keeps nothing of what read its PROXY header', async () => {
  const client = await site.connect();
  client.send('PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n');
  assert.equal((await client.request(get('/'))).status, 200);
  const { ClientConnection, ProxyHeaderReader } = await heaps.count(site.gateway, 1);
  assert.deepEqual(
    { ClientConnection, ProxyHeaderReader },
    { ClientConnection: 1, ProxyHeaderReader: 0 },
  );
});

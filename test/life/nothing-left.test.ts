import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { after, it } from 'node:test';
import { noSocketsLeft, nothingInFlight, nothingInMemory } from '../soak/aftermath.ts';
import { Heaps } from '../soak/heaps.ts';
import { get } from '../support/message.ts';
import { useSite } from '../support/site.ts';
import { fetchTls } from '../support/tls-client.ts';

const heaps = new Heaps();
after(() => heaps.dispose());
const site = useSite({
  listen: '127.0.0.1:0 http2, 127.0.0.1:0 ssl http2',
  flags: ['--upstream-keepalive-idle-timeout', '1ms'],
  env: heaps.environment,
});

/** A session of HTTP/2 with one upload. */
async function upload(): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${site.gateway.proxyPort}`);
  const stream = session.request({ ':method': 'POST', ':path': '/upload' });
  stream.resume().end(Buffer.alloc(20_000));
  await once(stream, 'close');
  session.close();
  await once(session, 'close');
}

it('A thread that waits for requests keeps nothing of those before, not even of the last', async () => {
  await site.serve(async (exchange) => {
    await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    // Whoever asks for this goes away before the rest would come.
    if (exchange.request.target !== '/cut') await exchange.write('hello');
  });
  const { gateway, origin } = site;
  const close = get('/', 'Connection: close');
  const cut = await site.connect();
  cut.send(get('/cut'));
  await cut.head();
  cut.reset();
  await fetchTls(gateway.proxyPorts[1]!, {}, close);
  await upload();
  await site.fetch(close);
  for (const promised of [
    await nothingInFlight(gateway),
    await noSocketsLeft(gateway, [origin.port], false),
    await nothingInMemory(gateway, heaps, 1),
  ]) {
    assert.ok(promised.kept, `${promised.what}: ${promised.found}`);
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until, within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { configOf, greet, StreamSite, streamService } from './stream-site.ts';

describe('A stream that is open', () => {
  const site = new StreamSite();

  it('ends in order when a reload removes its route, and the others go on', async () => {
    const upstream = await site.upstream(greet('hello'));
    const [kept, removed] = [await unusedPort(), await unusedPort()];
    const keptService = streamService('kept', upstream.port, { destinations: [{ port: kept }] });
    const gateway = await site.gateway(
      `127.0.0.1:${kept}, 127.0.0.1:${removed}`,
      configOf(
        keptService,
        streamService('removed', upstream.port, { destinations: [{ port: removed }] }),
      ),
    );
    const stays = await site.connect(kept);
    const goes = await site.connect(removed);
    assert.equal(await stays.text(6), 'hello\n');
    assert.equal(await goes.text(6), 'hello\n');
    await gateway.reload(configOf(keptService));
    // An end, not a reset.
    assert.equal(await within('the end', goes.rest()), '');
    assert.equal(goes.bytes.ending, 'closed');
    const line = await gateway.accessLine(({ reason }) => reason === 'route_removed');
    assert.deepEqual([line['route_name'], line['ended_by']], ['removed', 'gateway']);
    stays.socket.write('still');
    assert.equal(await stays.text(5), 'still');
    stays.socket.destroy();
  });

  it('has the drain time when the gateway stops, and then ends in order', async () => {
    const { gateway, client } = await site.greeted();
    const start = performance.now();
    gateway.signal('SIGTERM');
    await gateway.logged('draining');
    client.socket.write('still');
    assert.equal(await client.text(5), 'still');
    assert.equal(await within('the end', client.rest()), '');
    assert.ok(performance.now() - start > 1500, 'the drain time is 2 s');
    assert.equal(client.bytes.ending, 'closed');
    client.socket.destroy();
    assert.equal((await within('the gateway to exit', gateway.exited)).code, 0);
    assert.match(
      gateway.output,
      /"level":"warn",[^\n]*"requests":0,"streams":1,"message":"cut off what had not ended/,
    );
  });

  it('may be the last thing that a gateway does', async () => {
    const { gateway, client } = await site.greeted();
    gateway.signal('SIGTERM');
    await gateway.logged('draining');
    client.socket.end();
    assert.equal((await within('the gateway to exit', gateway.exited)).code, 0);
  });

  it('ends when nothing has passed for as long as its service allows', async () => {
    const upstream = await site.upstream(greet('hello'));
    const port = await unusedPort();
    const timeouts = { read_timeout: 300, write_timeout: 500 };
    const gateway = await site.gateway(
      `127.0.0.1:${port}`,
      configOf(streamService('s', upstream.port, { destinations: [{ port }] }, timeouts)),
    );
    const client = await site.connect(port);
    const start = performance.now();
    assert.equal(await within('the end', client.rest()), 'hello\n');
    // The longer of the two counts, as in Kong.
    assert.ok(performance.now() - start >= 490);
    const line = await gateway.accessLine(() => true);
    assert.deepEqual(
      [line['reason'], line['ended_by'], line['status']],
      ['idle_timeout', 'gateway', 200],
    );
  });
});

describe('The targets of a stream', () => {
  const site = new StreamSite();
  /** Nothing listens on its ports. */
  const DEAD = '127.0.0.1:9';

  it('are tried in turn until one takes the connection, and are counted out', async () => {
    const upstream = await site.upstream(greet('alive'));
    const port = await unusedPort();
    const healthchecks = { passive: { unhealthy: { tcp_failures: 1 } } };
    const targets = [{ target: DEAD }, { target: `127.0.0.1:${upstream.port}` }];
    const gateway = await site.gateway(`127.0.0.1:${port}`, {
      ...configOf(
        streamService('s', 1, { destinations: [{ port }] }, { host: 'pool', retries: 3 }),
      ),
      upstreams: [{ name: 'pool', targets, healthchecks }],
    });
    for (let n = 0; n < 6; n++) {
      const client = await site.connect(port);
      assert.equal(await client.text(6), 'alive\n');
      client.socket.destroy();
    }
    for (const socket of upstream.connections) socket.destroy();
    await until('all have ended', () => gateway.accessLines().length === 6);
    const tries = gateway.accessLines().map((line) => Number(line['tries']));
    assert.equal(Math.max(...tries), 2);
    // After its one failure the dead target is left out.
    assert.equal(tries.filter((count) => count === 2).length, 1);
  });

  it('are given up after so many retries', async () => {
    const port = await unusedPort();
    const service = { host: '127.0.0.1', retries: 2 };
    const gateway = await site.gateway(
      `127.0.0.1:${port}`,
      configOf(streamService('s', 9, { destinations: [{ port }] }, service)),
    );
    const client = await site.connect(port);
    client.socket.on('error', () => undefined);
    const line = await gateway.accessLine(({ reason }) => reason === 'bad_upstream');
    assert.deepEqual([line['tries'], line['status'], line['upstream_address']], [3, 502, DEAD]);
  });

  it('are not waited for longer than the service allows', async () => {
    const port = await unusedPort();
    // It takes the connection and never answers the handshake.
    const silent = await site.upstream(() => undefined);
    const service = { protocol: 'tls', connect_timeout: 200, retries: 0 };
    const gateway = await site.gateway(
      `127.0.0.1:${port}`,
      configOf(streamService('s', silent.port, { destinations: [{ port }] }, service)),
    );
    const client = await site.connect(port);
    assert.equal(await within('the end', client.rest()), '');
    const { reason, status } = await gateway.accessLine(() => true);
    assert.deepEqual([reason, status], ['upstream_timeout', 504]);
  });
});

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { connect } from '../support/raw-client.ts';
import { Site, type SiteOptions } from '../support/site.ts';
import { until, within } from '../support/until.ts';

const never = new Promise<void>(() => undefined);

describe('SIGTERM', () => {
  let site: Site;
  afterEach(() => site.stop());

  async function start(options: SiteOptions = {}): Promise<void> {
    site = new Site(options);
    await site.start();
  }

  async function refusesConnections(): Promise<boolean> {
    try {
      (await connect(site.gateway.proxyPort)).close();
      return false;
    } catch {
      return true;
    }
  }

  it('lets a request in flight end, is not ready meanwhile, accepts nothing new, exits with 0', async () => {
    await start({ workers: 2 });
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await site.serve(async (exchange) => {
      await released;
      await exchange.send(200, 'finished');
    });
    const client = await site.connect();
    client.send(get());
    await site.origin.exchange();
    site.gateway.signal('SIGTERM');
    await until('new connections are refused', refusesConnections);
    assert.equal((await site.gateway.fetchStatus('/status/ready')).status, 503);
    assert.equal(site.gateway.exit, null);
    release();
    const response = await client.response();
    assert.equal(response.text, 'finished');
    assert.equal(field(response, 'connection')?.toLowerCase(), 'close');
    assert.deepEqual(await site.gateway.exited, { code: 0, signal: null });
  });

  it('does not wait for idle connections', async () => {
    await start();
    const client = await site.connect();
    await client.request(get());
    site.gateway.signal('SIGTERM');
    await client.ending();
    const exit = await within('the gateway to exit', site.gateway.exited, 5_000);
    assert.deepEqual(exit, { code: 0, signal: null });
  });

  it('waits no longer than the drain timeout, says what it cut off, and exits with 0', async () => {
    await start({ flags: ['--drain-timeout', '300ms'] });
    await site.serve(() => never);
    for (let requests = 0; requests < 2; requests++) {
      (await site.connect()).send(get());
      await site.origin.exchange(requests);
    }
    site.gateway.signal('SIGTERM');
    const exit = await within('the gateway to exit', site.gateway.exited, 5_000);
    assert.deepEqual(exit, { code: 0, signal: null });
    assert.match(
      site.gateway.output,
      /"level":"warn",[^\n]*"requests":2,"streams":0,"message":"cut off what had not ended/,
    );
  });

  it('ends everything at once when it comes a second time, and exits with 1', async () => {
    await start();
    await site.serve(() => never);
    const client = await site.connect();
    client.send(get());
    await site.origin.exchange();
    site.gateway.signal('SIGTERM');
    await site.gateway.logged('draining');
    site.gateway.signal('SIGTERM');
    const exit = await within('the gateway to exit', site.gateway.exited, 5_000);
    assert.deepEqual(exit, { code: 1, signal: null });
  });

  it('is understood from Ctrl-C too', async () => {
    await start();
    site.gateway.signal('SIGINT');
    const exit = await within('the gateway to exit', site.gateway.exited, 5_000);
    assert.deepEqual(exit, { code: 0, signal: null });
  });

  it('writes the access lines of the last requests', async () => {
    await start();
    await site.fetch(get('/last-words'));
    site.gateway.signal('SIGTERM');
    await site.gateway.exited;
    assert.ok(site.gateway.accessLines().some((line) => line.path === '/last-words'));
  });
});

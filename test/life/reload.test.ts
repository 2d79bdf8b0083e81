import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { Load } from '../support/load.ts';
import { get } from '../support/message.ts';
import { oneService, useSite, type Site } from '../support/site.ts';
import { until } from '../support/until.ts';

/** A configuration that also answers 404 or 200 at `/only-in-N`. */
function numbered(port: number, number: number): object {
  const extra = { name: `extra-${number}`, paths: [`/only-in-${number}`], strip_path: false };
  const service = oneService(port, {}, { paths: ['/load', '/held'] });
  return {
    _format_version: '3.0',
    services: [{ ...service, routes: [...(service.routes as object[]), extra] }],
  };
}

async function serves(site: Site, number: number): Promise<boolean> {
  return (await site.fetch(get(`/only-in-${number}`))).status === 200;
}

for (const workers of [1, 2]) {
  describe(`A reload with ${workers} proxy threads`, () => {
    const site = useSite({ workers, config: (port) => numbered(port, 0) });

    it('loses no request, on old and new connections', async () => {
      const load = new Load(site.gateway.proxyPort, 4, 2);
      for (let number = 1; number <= 5; number++) {
        const answered = load.answered;
        await site.gateway.reload(numbered(site.origin.port, number));
        await until('requests are served after the reload', () => load.answered > answered + 20);
      }
      const report = await load.stop();
      assert.deepEqual(report.failures, []);
      assert.deepEqual([...report.statuses.keys()], [200]);
      assert.ok(await serves(site, 5));
      assert.ok(!(await serves(site, 4)));
    });

    it('lets a request in flight end on the configuration that it began with', async () => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      await site.serve(async (exchange) => {
        await released;
        await exchange.send(200, 'still here');
      });
      const client = await site.connect();
      client.send(get('/held'));
      await site.origin.exchange();
      await site.gateway.reload({ _format_version: '3.0' });
      assert.equal((await site.fetch(get('/held'))).status, 404);
      release();
      assert.equal((await client.response()).text, 'still here');
    });

    it('is told by the revision and the hash of the status', async () => {
      const before = await site.gateway.status();
      await site.gateway.reload(numbered(site.origin.port, 100));
      const after = await site.gateway.status();
      assert.ok(after.revision > before.revision);
      assert.notEqual(after.configuration_hash, before.configuration_hash);
    });
  });
}

describe('A bad file at a reload', () => {
  const site = useSite({ config: (port) => numbered(port, 0) });

  for (const [what, text] of [
    ['that is no JSON', '{ "services": ['],
    [
      'with a misspelt field',
      '{"_format_version": "3.0",\n "services": [{"name": "s", "hots": "h"}]}',
    ],
    ['with an unknown plugin', '{"_format_version": "3.0", "plugins": [{"name": "no-such"}]}'],
    ['that is empty', ''],
  ] as const) {
    it(`${what} is refused with its errors and the old configuration keeps serving`, async () => {
      const before = await site.gateway.status();
      await assert.rejects(site.gateway.reload(text), (error: Error) => {
        assert.match(error.message, /gateway\.json:\d+:\d+/);
        return true;
      });
      assert.equal((await site.gateway.status()).revision, before.revision);
      assert.ok(await serves(site, 0));
    });
  }

  it('that is missing is refused as well, and a good one is taken again afterwards', async () => {
    const mark = site.gateway.output.length;
    unlinkSync(site.gateway.configFile);
    site.gateway.signal('SIGHUP');
    await until('the missing file is refused', () => {
      const said = site.gateway.output.slice(mark);
      return said.includes('there is no such file') && said.includes('configuration refused');
    });
    assert.ok(await serves(site, 0));
    await site.gateway.reload(numbered(site.origin.port, 7));
    assert.ok(await serves(site, 7));
  });
});

describe('--watch', () => {
  const site = useSite({ flags: ['--watch'], config: (port) => numbered(port, 0) });

  it('loads a replaced file without a signal and without losing a request', async () => {
    const load = new Load(site.gateway.proxyPort, 2, 1);
    for (let number = 1; number <= 3; number++) {
      const { revision } = await site.gateway.status();
      site.gateway.write(numbered(site.origin.port, number));
      await site.gateway.waitForRevisionAfter(revision);
      assert.ok(await serves(site, number));
    }
    const report = await load.stop();
    assert.deepEqual(report.failures, []);
    assert.deepEqual([...report.statuses.keys()], [200]);
  });

  it('refuses a bad file and takes the next good one', async () => {
    const { revision } = await site.gateway.status();
    const mark = site.gateway.output.length;
    site.gateway.write('{ "services": [');
    await until('the bad file is refused', () => /refused/.test(site.gateway.output.slice(mark)));
    site.gateway.write(numbered(site.origin.port, 9));
    await site.gateway.waitForRevisionAfter(revision);
    assert.ok(await serves(site, 9));
  });
});

describe('YAML', () => {
  const site = useSite({
    fileName: 'gateway.yaml',
    config: (port) => numbered(port, 0),
  });

  it('reloads too', async () => {
    const yaml = [
      "_format_version: '3.0'",
      'services:',
      '  - name: origin',
      `    url: http://127.0.0.1:${site.origin.port}`,
      '    routes:',
      '      - name: from-yaml',
      '        paths: [/from-yaml]',
      '',
    ];
    await site.gateway.reload(yaml.join('\n'));
    const response = await site.fetch(get('/from-yaml/x'));
    assert.equal(response.status, 200);
    assert.equal(field((await site.origin.exchange()).request, 'x-forwarded-prefix'), '/from-yaml');
  });
});

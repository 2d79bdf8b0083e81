/** What README and the guide for newcomers promise, tried as they say. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startDemoService } from '../examples/demo-service.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { until, within } from './support/until.ts';

const demo = readFileSync('examples/demo.yaml', 'utf8');
const guide = readFileSync('docs/guides/getting-started.md', 'utf8');

describe('the guide for newcomers', () => {
  let service: Server;
  let gateway: Gateway;
  let text: string;

  before(async () => {
    service = await startDemoService(0);
    const { port } = service.address() as AddressInfo;
    text = demo.replace('127.0.0.1:9010', `127.0.0.1:${port}`);
    gateway = await startGateway({ config: text, fileName: 'demo.yaml', flags: ['--watch'] });
  });
  after(async () => {
    await gateway.stop();
    service.close();
  });

  function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${gateway.proxyPort}${path}`, { headers });
  }

  async function receivedBy(response: Response) {
    const body = (await response.json()) as {
      received: { path: string; headers: Record<string, string> };
    };
    return body.received;
  }

  it('finds a public route that strips its path', async () => {
    const response = await get('/hello');
    assert.equal(response.status, 200);
    assert.ok(response.headers.get('x-correlation-id'));
    assert.equal((await receivedBy(response)).path, '/');
  });

  it('is let in with a key of the right group only', async () => {
    assert.equal((await get('/private')).status, 401);
    assert.equal((await get('/private', { apikey: 'ben-demo-key' })).status, 403);
    const response = await get('/private', { apikey: 'anna-demo-key' });
    assert.equal(response.status, 200);
    const { headers } = await receivedBy(response);
    assert.equal(headers['x-consumer-username'], 'anna');
    assert.equal(headers['apikey'], undefined);
  });

  it('gets five answers a minute out of the limited route', async () => {
    const statuses: number[] = [];
    // The minute may end on the way, but not twice.
    while (statuses.at(-1) !== 429 && statuses.length < 11) {
      statuses.push((await get('/limited')).status);
    }
    const passed = statuses.slice(0, -1);
    assert.equal(statuses.at(-1), 429);
    assert.ok(passed.length >= 5);
    assert.deepEqual(new Set(passed), new Set([200]));
  });

  it('is told that a route is closed', async () => {
    const response = await get('/closed');
    assert.equal(response.status, 503);
    assert.match(await response.text(), /being rebuilt/);
  });

  it('adds the route of the guide and sees it live', async () => {
    const added = /```yaml\n( +- name: greeting\n[^`]*)```/.exec(guide)?.[1];
    assert.ok(added, 'the guide shows a route to add');
    assert.equal((await get('/greeting')).status, 404);
    text = text.replace('      # Only who has a key', `${added}\n      # Only who has a key`);
    gateway.write(text);
    const response = await until('the route is live', async () => {
      const answer = await get('/greeting');
      return answer.status === 200 ? answer : undefined;
    });
    assert.equal((await receivedBy(response)).path, '/greeting');
  });

  it('is told where a typo is and what was meant, and everything goes on', async () => {
    const broken = text.replace(/(- name: greeting\n +)paths:/, '$1path:');
    const line = broken.split('\n').findIndex((one) => one.trim() === 'path:') + 1;
    gateway.write(broken);
    await gateway.logged(new RegExp(`demo\\.yaml:${line}:\\d+`));
    await gateway.logged('paths');
    assert.equal((await get('/greeting')).status, 200);
  });
});

describe('npm run demo', () => {
  function startDemo(
    t: TestContext,
    [command, ...args]: [string, ...string[]] = [process.execPath, 'examples/demo.ts'],
  ): { child: ChildProcess; output: () => string } {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { child, output: () => text };
  }

  async function welcome({ child, output }: ReturnType<typeof startDemo>): Promise<void> {
    await until('the demo says what to try', () => {
      assert.equal(child.exitCode, null, output());
      return output().includes('Ctrl-C ends everything');
    });
  }

  /** The gateway has the demo's stdout, which closes when the last process that has it ends. */
  const everythingEnds = (child: ChildProcess): Promise<unknown> =>
    within('the demo and its gateway to end', once(child, 'close'), 10_000);

  it('welcomes with requests to try, and ends as a whole', async (t) => {
    const demo = startDemo(t);
    const exit = once(demo.child, 'exit');
    await welcome(demo);
    const [hello, secret] = [...demo.output().matchAll(/curl -i (\S+)/g)].map((match) => match[1]);
    assert.ok(hello !== undefined && secret !== undefined);
    assert.equal((await fetch(hello)).status, 200);
    assert.equal((await fetch(secret, { headers: { apikey: 'anna-demo-key' } })).status, 200);

    demo.child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null], demo.output());
    await assert.rejects(fetch(hello), 'the gateway has ended too');
  });

  it('moves its service when the port is taken, and shows which file to edit', async (t) => {
    const other = createServer().listen(9010, '127.0.0.1');
    // It may be taken already, which is as good.
    await Promise.race([once(other, 'listening'), once(other, 'error')]).catch(() => undefined);
    t.after(() => other.close());
    const demo = startDemo(t);
    await welcome(demo);
    const [, file = ''] = /^Edit (\S+): what you save/m.exec(demo.output()) ?? [];
    assert.notEqual(file, 'examples/demo.yaml');
    const [, url = ''] = /curl -i (\S+)/.exec(demo.output()) ?? [];
    assert.equal((await fetch(url)).status, 200);

    writeFileSync(file, readFileSync(file, 'utf8').replace('paths:', 'path:'));
    await until('the refusal is shown as text', () =>
      /^\S+ error +\S*demo\.yaml:\d+:\d+: route 'public': unknown field 'path'/m.test(
        demo.output(),
      ),
    );
    demo.child.kill('SIGTERM');
    await everythingEnds(demo.child);
    assert.equal(existsSync(file), false);
  });

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`leaves nothing behind when ${signal} comes at any moment of the start`, async (t) => {
      for (const delay of [0, 60, 120, 180, 240, 300, 400, 500]) {
        const { child } = startDemo(t);
        await once(child, 'spawn');
        await setTimeout(delay);
        child.kill(signal);
        await everythingEnds(child);
      }
    });
  }

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing behind when npm gets ${signal}`, async (t) => {
      const demo = startDemo(t, ['npm', 'run', 'demo']);
      await welcome(demo);
      demo.child.kill(signal);
      await everythingEnds(demo.child);
    });
  }

  it('leaves nothing behind when npm is told to end at any moment of the start', async (t) => {
    for (const delay of [300, 450, 600, 750, 900]) {
      const { child } = startDemo(t, ['npm', 'run', 'demo']);
      await setTimeout(delay);
      child.kill('SIGTERM');
      await everythingEnds(child);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldLines } from '../field-lines.ts';
import { FieldNames } from '../field-names.ts';
import { definePlugin, f } from '../plugin.ts';
import type { PluginHandlers } from '../plugin.ts';
import { TestGateway } from './test-gateway.ts';

/** A plugin that consists of nothing but these handlers. */
const pluginWith = (handlers: PluginHandlers, priority = 0) =>
  definePlugin({
    name: 'sample',
    summary: 'For tests.',
    version: '1.0.0',
    priority,
    protocols: ['http'],
    config: f.record({}, { required: true }),
    setup: () => handlers,
  });

describe('TestGateway', () => {
  it('runs the phases in order, and the plugins of each by priority', async () => {
    const gateway = new TestGateway();
    const ran: string[] = [];
    const recording = (name: string, priority: number) =>
      gateway.configure(
        pluginWith(
          {
            rewrite: (ex) => void ran.push(`${name} rewrite ${ex.route === null}`),
            access: (ex) => void ran.push(`${name} access ${ex.route === null}`),
            responseHeaders: (ex) => void ran.push(`${name} headers ${ex.response.status}`),
            log: () => void ran.push(`${name} log`),
          },
          priority,
        ),
      );
    await gateway.send([recording('low', 1), recording('high', 2)]);
    assert.deepEqual(ran, [
      'high rewrite true',
      'low rewrite true',
      'high access false',
      'low access false',
      'high headers 200',
      'low headers 200',
      'high log',
      'low log',
    ]);
  });

  it('skips access of later plugins after an answer, but not their response phases', async () => {
    const gateway = new TestGateway();
    const ran: string[] = [];
    const answers = pluginWith({ access: (ex) => ex.respond(204) }, 2);
    const later = pluginWith({
      access: () => void ran.push('access'),
      responseHeaders: (ex) => void ran.push(`headers of ${ex.response.status}`),
    });
    const ex = await gateway.send([gateway.configure(answers), gateway.configure(later)]);
    assert.deepEqual(ran, ['headers of 204']);
    assert.equal(ex.upstreamRequest, null);
    assert.equal(ex.fromUpstream, false);
  });

  it('makes a 500 of an access handler that throws', async () => {
    const gateway = new TestGateway();
    const broken = pluginWith({
      access() {
        throw new Error('broken');
      },
    });
    const { response } = await gateway.send([gateway.configure(broken)]);
    assert.equal(response.status, 500);
    assert.equal(response.body, '{"message":"An unexpected error occurred"}');
    assert.equal(gateway.log.length, 1);
  });

  it('sends the body of the service through body handlers', async () => {
    const gateway = new TestGateway();
    const shouting = pluginWith({
      responseBody: (_ex, piece) => Buffer.from(Buffer.from(piece).toString().toUpperCase()),
    });
    const { response } = await gateway.send([gateway.configure(shouting)], {}, () => ({
      body: 'hello',
    }));
    assert.equal(response.body, 'HELLO');
  });

  it('keeps identity fields of clients from the service', async () => {
    const gateway = new TestGateway();
    const headers = { 'X-Consumer-ID': 'forged', 'x-consumer-groups': 'admin', Other: '1' };
    const { upstreamRequest } = await gateway.send([], { headers });
    assert.deepEqual(
      upstreamRequest?.headers.list().map(([name]) => name),
      ['Other', 'Host'],
    );
  });

  it('refuses headers that would frame or break a message', async () => {
    const gateway = new TestGateway();
    const { response, request } = await gateway.send([]);
    assert.throws(() => response.setHeader('Content-Length', '1'), /frames the message/);
    assert.throws(() => request.setHeader('X-A', 'b\r\nX-C: d'), /would end its line/);
  });

  it('refuses lines of other fields than they are said to be', async () => {
    const names = new FieldNames(['X-A', 'X-B']);
    const { response } = await new TestGateway().send([]);
    for (const text of ['', 'X-A: 1\r\n', 'X-A: 1\r\nX-B: 2\r\nX-C: 3\r\n']) {
      const lines = new FieldLines(names, text);
      assert.throws(() => response.setLines(names, lines), /names of lines are not those in them/);
    }
    response.setLines(names, new FieldLines(names, 'X-B: 1\r\nx-a: 2\r\nX-B: 3\r\n'));
    assert.deepEqual(response.headerValues('x-b'), ['1', '3']);
  });

  it('names what is wrong with a configuration', () => {
    const gateway = new TestGateway();
    assert.throws(
      () => gateway.configure(pluginWith({}), { unknown: 1 }),
      /^Error: sample: config\.unknown: unknown field$/,
    );
  });
});

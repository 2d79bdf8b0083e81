import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { requestTermination } from '../request-termination/plugin.ts';
import { correlationId } from './plugin.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function idsOf(config: object, count: number): Promise<string[]> {
  const gateway = new TestGateway();
  const plugin = gateway.configure(correlationId, config);
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { upstreamRequest } = await gateway.send([plugin]);
    ids.push(upstreamRequest?.headers.first('kong-request-id') ?? '');
  }
  return ids;
}

function send(config: object, request: RequestInit, headers: [string, string][] = []) {
  const gateway = new TestGateway();
  const plugin = gateway.configure(correlationId, config);
  return gateway.send([plugin], request, () => ({ headers }));
}

describe('correlation-id generators', () => {
  it('uuid makes a new UUID for each request', async () => {
    const [first = '', second = ''] = await idsOf({ generator: 'uuid' }, 2);
    assert.match(first, UUID);
    assert.match(second, UUID);
    assert.notEqual(first, second);
  });

  it('uuid#counter counts up behind one UUID', async () => {
    const ids = await idsOf({}, 3);
    const parts = ids.map((id) => id.split('#'));
    assert.match(parts[0]?.[0] ?? '', UUID);
    assert.equal(new Set(parts.map(([uuid]) => uuid)).size, 1);
    assert.deepEqual(
      parts.map(([, counter]) => counter),
      ['1', '2', '3'],
    );
  });

  it('tracker names connection and time', async () => {
    const [id] = await idsOf({ generator: 'tracker' }, 1);
    const seconds = Date.UTC(2030, 0, 15, 12) / 1000;
    assert.equal(id, `127.0.0.1-8000-${process.pid}-1-1-${seconds}.000`);
  });
});

describe('correlation-id', () => {
  it("keeps the client's id, all lines of it", async () => {
    const headers: [string, string][] = [
      ['Kong-Request-ID', 'one'],
      ['kong-request-id', 'two'],
    ];
    const { upstreamRequest } = await send({}, { headers });
    assert.deepEqual(upstreamRequest?.headers.all('kong-request-id'), ['one', 'two']);
  });

  it('replaces an empty id', async () => {
    const { upstreamRequest } = await send(
      { generator: 'uuid' },
      { headers: { 'Kong-Request-ID': '' } },
    );
    const ids = upstreamRequest?.headers.all('kong-request-id') ?? [];
    assert.equal(ids.length, 1);
    assert.match(ids[0] ?? '', UUID);
  });

  it('says nothing to the client unless told to', async () => {
    const { response } = await send({}, {});
    assert.equal(response.header('kong-request-id'), undefined);
  });
});

describe('correlation-id with echo_downstream', () => {
  const config = { header_name: 'X-Corr', generator: 'uuid', echo_downstream: true };

  it('gives the client the id that the service got, in place of what the service said', async () => {
    const { response, upstreamRequest } = await send(config, {}, [['X-Corr', 'theirs']]);
    const sent = upstreamRequest?.headers.first('x-corr') ?? '';
    assert.match(sent, UUID);
    assert.deepEqual(response.headerValues('x-corr'), [sent]);
  });

  it('gives the client back the first of its own ids', async () => {
    const headers: [string, string][] = [
      ['X-Corr', 'one'],
      ['X-Corr', 'two'],
    ];
    assert.deepEqual((await send(config, { headers })).response.headerValues('x-corr'), ['one']);
  });

  it('marks answers of the gateway too', async () => {
    const gateway = new TestGateway();
    const plugins = [
      gateway.configure(correlationId, config),
      gateway.configure(requestTermination),
    ];
    const { response } = await gateway.send(plugins);
    assert.match(response.header('x-corr') ?? '', UUID);
  });

  it('marks answers to requests without a route, which see no access phase', async () => {
    const gateway = new TestGateway();
    const { plugin, handlers } = gateway.configure(correlationId, config);
    const withoutAccess = { ...handlers, access: () => undefined };
    const { response } = await gateway.send([{ plugin, handlers: withoutAccess }]);
    assert.match(response.header('x-corr') ?? '', UUID);
  });

  it('takes no header that frames messages, nor what is none', () => {
    for (const header_name of ['Content-Length', 'X Id', 'X-Id:']) {
      assert.throws(
        () => new TestGateway().configure(correlationId, { header_name }),
        /config\.header_name: /,
      );
    }
  });
});

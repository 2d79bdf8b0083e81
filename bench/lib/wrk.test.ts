import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Load } from './load.ts';
import { Session, tryRun } from './session.ts';
import { type WrkReport, loadTable, parseWrkOutput, problemsOf, runWrk } from './wrk.ts';

const report: WrkReport = {
  requests: 100,
  durationMicros: 1_000_000,
  bytes: 20_000,
  p50: 500,
  p99: 900,
  max: 1000,
  errors: { connect: 0, read: 0, write: 0, timeout: 0, status: 0 },
};
const load = { path: '/', paths: 1, bodyBytes: 0, connections: 1 };

describe('wrk', () => {
  it('finds the result among what wrk says', () => {
    const text = `Running 1s test @ http://127.0.0.1:1\n  100 requests in 1.00s\n\nRESULT ${JSON.stringify(report)}\n`;
    assert.deepEqual(parseWrkOutput(text), report);
  });

  it('shows what wrk said when there is no result', () => {
    assert.throws(() => parseWrkOutput('unable to connect'), /no result:\nunable to connect/);
  });

  it('finds nothing wrong with a sound run', () => {
    assert.deepEqual(problemsOf(report, 150), []);
  });

  it('names error answers, socket errors and missing answers', () => {
    const errors = { connect: 1, read: 2, write: 3, timeout: 4, status: 5 };
    const [status, sockets] = problemsOf({ ...report, errors }, 0);
    assert.equal(status, '5 answers with an error status');
    assert.match(sockets ?? '', /^10 socket errors \(connect 1, read 2, write 3, timeout 4\)$/);
    assert.deepEqual(problemsOf({ ...report, requests: 0 }, 0), ['no answers at all']);
  });

  it('notices answers that cannot hold the expected body', () => {
    assert.deepEqual(problemsOf(report, 64 * 1024), ['answers shorter than they should be']);
  });

  it('describes a load with a key and a body', () => {
    const text = loadTable({
      ...load,
      path: '/{n}',
      paths: 3,
      key: 'k-{n}',
      keys: 2,
      bodyBytes: 9,
    });
    assert.equal(
      text,
      'return {method="POST",path="/{n}",paths=3,bodyBytes=9,headers={},' +
        'key="k-{n}",keyField="apikey",keys=2}\n',
    );
  });

  it('escapes quotes, backslashes and control characters for Lua', () => {
    const text = loadTable({ ...load, headers: { ETag: 'W/"a\\b"\n' } });
    assert.match(text, /\["ETag"\]="W\/\\034a\\092b\\034\\010"/);
  });

  it('sends what a load describes', { skip: tryRun('wrk', ['-v']) === undefined }, async () => {
    const seen = {
      paths: new Set<string>(),
      keys: new Set<unknown>(),
      fields: new Set<unknown>(),
      credentials: new Set<unknown>(),
    };
    const server = createServer((request, response) => {
      seen.paths.add(`${request.method} ${request.url}`);
      seen.keys.add(request.headers['apikey']);
      seen.fields.add(request.headers['etag']);
      seen.credentials.add(request.headers['authorization']);
      request.resume().on('end', () => response.end('answer'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const session = new Session();
    try {
      const described: Load = {
        ...{ path: '/p{n}', paths: 2, key: 'k{n}', keys: 3, headers: { ETag: 'W/"a\\1"' } },
        ...{ bodyBytes: 100_000, connections: 2 },
        credentials: { field: 'Authorization', values: ['Basic "x"', 'Bearer y'] },
      };
      const sent = await runWrk(session, `http://127.0.0.1:${port}`, described, 1, 0);
      assert.deepEqual(problemsOf(sent, 'answer'.length), []);
      assert.deepEqual([...seen.paths].sort(), ['POST /p0', 'POST /p1']);
      assert.deepEqual([...seen.keys].sort(), ['k0', 'k1', 'k2']);
      assert.deepEqual([...seen.fields], ['W/"a\\1"']);
      assert.deepEqual([...seen.credentials].sort(), ['Basic "x"', 'Bearer y']);
    } finally {
      await session.close();
      server.close();
    }
  });
});

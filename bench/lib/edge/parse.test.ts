import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseH2load } from './drive-h2load.ts';
import { parseSTime } from './drive-handshakes.ts';

describe('What load generators say', () => {
  const h2load = (right: number, wrong: number, failed: number): string =>
    `finished in 2.00s, 100.00 req/s, 1.00KB/s\n` +
    `requests: 900 total, 900 started, 900 done, ${right} succeeded, ${failed} failed, 0 errored, 0 timeout\n` +
    `status codes: ${right} 2xx, 0 3xx, ${wrong} 4xx, 0 5xx\n`;

  it('h2load: right answers, and whether there were others', () => {
    const read = (text: string) => parseH2load(text, 2, 10);
    assert.deepEqual(read(h2load(200, 0, 10)).problems, []);
    assert.equal(read(h2load(200, 0, 10)).requests, 200);
    assert.deepEqual(read(h2load(200, 5, 5)).problems, ['5 answers with an error status']);
    assert.deepEqual(read(h2load(200, 0, 11)).problems, ['11 requests failed']);
    assert.deepEqual(read(h2load(0, 0, 0)).problems, ['no answers at all']);
    assert.throws(() => read('no such host'), /no such host/);
  });

  it('openssl s_time: handshakes in real time, not those in CPU time', () => {
    const said =
      '312 connections in 0.24s; 1300.00 connections/user sec, bytes read 0\n' +
      '312 connections in 3 real seconds, 0 bytes read per connection\n';
    assert.equal(parseSTime(said), 312);
    assert.throws(() => parseSTime('ERROR'), /ERROR/);
  });
});

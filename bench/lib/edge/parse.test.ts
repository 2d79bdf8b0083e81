import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseH2load } from './drive-h2load.ts';
import { parseSTime } from './drive-handshakes.ts';

describe('What load generators say', () => {
  const h2load = (done: number, right: number): string =>
    `finished in 2.00s, 100.00 req/s, 1.00KB/s\n` +
    `requests: ${done} total, ${done} started, ${done} done, ${done} succeeded, 0 failed, 0 errored, 0 timeout\n` +
    `status codes: ${right} 2xx, 0 3xx, ${done - right} 4xx, 0 5xx\n`;

  it('h2load: requests, and those that were not answered rightly', () => {
    assert.deepEqual(parseH2load(h2load(200, 200), 2).problems, []);
    assert.equal(parseH2load(h2load(200, 200), 2).requests, 200);
    assert.deepEqual(parseH2load(h2load(200, 150), 2).problems, ['50 answers were not right']);
    assert.deepEqual(parseH2load(h2load(0, 0), 2).problems, ['no answers at all']);
    assert.throws(() => parseH2load('no such host', 2), /no such host/);
  });

  it('openssl s_time: handshakes in real time, not those in CPU time', () => {
    const said =
      '312 connections in 0.24s; 1300.00 connections/user sec, bytes read 0\n' +
      '312 connections in 3 real seconds, 0 bytes read per connection\n';
    assert.equal(parseSTime(said), 312);
    assert.throws(() => parseSTime('ERROR'), /ERROR/);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportOf } from './slowest.ts';

const request = (start: number, duration: number, status = 200) => ({ start, duration, status });

describe('the slowest request of a span', () => {
  const span = { from: 100, to: 200 };

  it('counts requests that were under way when it began and when it ended', () => {
    const requests = [request(90, 20), request(150, 5), request(195, 50)];
    assert.deepEqual(reportOf(requests, span), { requests: 3, slowest: 50, failures: 0 });
  });

  it('leaves out what ended before or began after it', () => {
    const requests = [request(10, 80), request(201, 500)];
    assert.deepEqual(reportOf(requests, span), { requests: 0, slowest: 0, failures: 0 });
  });

  it('counts failures', () => {
    assert.equal(reportOf([request(150, 5, 502), request(150, 5, -1)], span).failures, 2);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveOptions } from '../../settings/resolve.ts';
import { toNodeSettings } from '../../settings/settings.ts';
import { SpareHeads } from './spare-heads.ts';

const { limits } = toNodeSettings(resolveOptions({ config: 'kong.json' }, {}));

describe('Spare heads', () => {
  it('hold nothing of the request before', () => {
    const heads = new SpareHeads();
    const head = heads.take();
    const request = Buffer.from('GET /a HTTP/1.1\r\nHost: a.test\r\nAuthorization: secret\r\n\r\n');
    assert.equal(head.parse(request, 0, request.length, limits), 0);
    heads.giveBack(head);
    assert.equal(heads.take(), head);
    const { text, method, target, host, hostName, count } = head;
    assert.deepEqual(
      { text, method, target, host, hostName, count },
      { text: '', method: '', target: '', host: '', hostName: '', count: 0 },
    );
    assert.equal(head.indexOf('authorization'), -1);
    assert.equal(head.parse(request, 0, request.length, limits), 0);
    assert.equal(head.repeated, false);
    assert.equal(head.hostName, 'a.test');
  });

  it('do not take what other connections sent for the ways of this one', () => {
    const heads = new SpareHeads();
    const request = (path: string, credential: number): Buffer =>
      Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a.test\r\nAuthorization: ${credential}\r\n\r\n`);
    for (let i = 0; i < 20; i++) {
      const head = heads.take();
      const only = request('/', i);
      assert.equal(head.parse(only, 0, only.length, limits), 0);
      heads.giveBack(head);
    }
    const head = heads.take();
    for (const path of ['/first', '/second']) {
      const next = request(path, 20);
      assert.equal(head.parse(next, 0, next.length, limits), 0);
    }
    assert.equal(head.repeated, true);
  });

  it('are made when there are none', () => {
    const heads = new SpareHeads();
    assert.notEqual(heads.take(), heads.take());
  });

  it('are not kept without end', () => {
    const heads = new SpareHeads();
    const made = Array.from({ length: 100 }, () => heads.take());
    for (const head of made) heads.giveBack(head);
    const again = Array.from({ length: 100 }, () => heads.take());
    assert.ok(again.some((head) => !made.includes(head)));
    assert.equal(new Set(again).size, 100);
  });
});

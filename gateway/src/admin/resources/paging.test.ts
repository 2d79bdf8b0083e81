import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidOffset } from '../../store/contract.ts';
import { AdminError } from '../endpoint.ts';
import { pageAnswer, pageRequest, readPage } from './paging.ts';

function ask(query: string): ReturnType<typeof pageRequest> {
  return pageRequest(new URLSearchParams(query));
}

function refusal(work: () => unknown): object {
  try {
    work();
  } catch (error) {
    if (error instanceof AdminError) return error.body;
    throw error;
  }
  throw new Error('was not refused');
}

describe('pages', () => {
  it('take every size that Lua reads as a number', () => {
    for (const [text, size] of [
      ['', 100],
      ['size=1e2', 100],
      ['size=0x10', 16],
      ['size=%201', 1],
      ['size=1000', 1000],
      ['size=1.0', 1],
    ] as const) {
      assert.equal(ask(text).size, size, text);
    }
  });

  it('refuse other sizes', () => {
    for (const size of ['abc', '', '1x', '0x', '1&size=2', 'Infinity']) {
      const message = 'size must be a number';
      const body = { code: 9, name: 'invalid size', message };
      assert.deepEqual(
        refusal(() => ask(`size=${size}`)),
        body,
        size,
      );
    }
    for (const size of ['0', '-1', '1001', '1.5', '1e99']) {
      const message = 'size must be an integer between 1 and 1000';
      const body = { code: 9, name: 'invalid size', message };
      assert.deepEqual(
        refusal(() => ask(`size=${size}`)),
        body,
        size,
      );
    }
  });

  it('filter by all tags or by any', () => {
    assert.deepEqual(ask('tags=a,b+c').tags, { all: ['a', 'b c'] });
    assert.deepEqual(ask('tags=a/%C3%BC').tags, { any: ['a', 'ü'] });
    assert.deepEqual(ask('tags=a').tags, { all: ['a'] });
    assert.equal(ask('').tags, undefined);
  });

  it('refuse other filters', () => {
    for (const [tags, problem] of [
      ['', 'cannot be null'],
      ['a,b/c', 'invalid filter syntax'],
      ['a,,b', 'invalid filter syntax'],
      [',a', 'invalid filter syntax'],
      ['1,2,3,4,5,6', 'cannot query more than 5 tags'],
    ] as const) {
      assert.deepEqual(
        refusal(() => ask(`tags=${tags}`)),
        {
          code: 11,
          name: 'invalid options',
          message: `invalid option (tags: ${problem})`,
          options: { tags: problem },
        },
      );
    }
  });

  it('say what is wrong with an offset', async () => {
    const read = (offset: string): Promise<unknown> =>
      readPage({ offset }, () => Promise.reject(new InvalidOffset('no')));
    for (const [offset, reason] of [
      ['!!', 'bad base64 encoding'],
      ['abc', 'bad json encoding'],
      ['', 'bad json encoding'],
      ['WyJhYmMiXQ', 'this list has no such place'],
    ] as const) {
      const message = `'${offset}' is not a valid offset: ${reason}`;
      await assert.rejects(read(offset), { body: { code: 7, name: 'invalid offset', message } });
    }
    assert.deepEqual(await read('W10'), { items: [], next: undefined });
  });

  it('name the next one by its offset and keep size and tags', () => {
    const query = new URLSearchParams('size=1&tags=a/b&foo=1');
    assert.deepEqual(pageAnswer('/services', query, [1], 'x+y').body, {
      data: [1],
      offset: 'x+y',
      next: '/services?offset=x%2By&tags=a%2Fb&size=1',
    });
    assert.deepEqual(pageAnswer('/services', query, [], undefined).body, { data: [], next: null });
  });
});

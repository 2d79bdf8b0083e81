import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdminError } from '../endpoint.ts';
import { formRecord } from './form.ts';

function read(text: string): Record<string, unknown> {
  return formRecord(new URLSearchParams(text));
}

describe('forms', () => {
  it('nest at dots', () => {
    assert.deepEqual(read('config.redis.host=h&config.minute=5'), {
      config: { redis: { host: 'h' }, minute: '5' },
    });
  });

  it('make lists of empty brackets, of repeated names and of numbers', () => {
    const list = { tags: ['a', 'b'] };
    for (const text of ['tags[]=a&tags[]=b', 'tags=a&tags=b', 'tags[2]=b&tags[1]=a']) {
      assert.deepEqual(read(text), list, text);
    }
    assert.deepEqual(read('tags=a&tags[]=b'), list);
  });

  it('make lists of records', () => {
    assert.deepEqual(read('sources[1].ip=10.0.0.1&sources[1].port=80&sources[2].port=90'), {
      sources: [{ ip: '10.0.0.1', port: '80' }, { port: '90' }],
    });
  });

  it('make records of names in brackets', () => {
    assert.deepEqual(read('headers[x-v][]=1'), { headers: { 'x-v': ['1'] } });
  });

  it('do not fill up a list to reach a high number', () => {
    assert.deepEqual(read('tags[4000000000]=b&tags[7]=a'), { tags: ['a', 'b'] });
  });

  it('are refused when fields contradict each other', () => {
    for (const text of ['a=1&a.b=2', 'a.b=1&a=2', 'a.b=1&a=2&a=3']) {
      assert.throws(() => read(text), AdminError, text);
    }
  });

  it('are refused when they have too many fields or are nested too deeply', () => {
    assert.throws(() => read('a=1&'.repeat(1001)), AdminError);
    assert.throws(() => read(`${'a.'.repeat(101)}a=1`), AdminError);
  });

  it('cannot reach the prototype of objects', () => {
    const record = read('__proto__.polluted=1&a.__proto__.polluted=1');
    assert.deepEqual(Object.keys(record), ['__proto__', 'a']);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

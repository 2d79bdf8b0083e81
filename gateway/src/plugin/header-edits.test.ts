import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderEdits, type Edits } from './header-edits.ts';
import { TestRequest } from './testing/test-request.ts';

const NONE: Edits = { remove: [], rename: [], replace: [], add: [], append: [] };

function edited(
  edits: Partial<Edits>,
  headers: readonly (readonly [string, string])[],
  values: readonly string[] = [],
): readonly (readonly [string, string])[] {
  const request = new TestRequest({ headers: [['Host', 'a'], ...headers] }, () => assert.fail());
  new HeaderEdits({ ...NONE, ...edits }).apply(request, values);
  return request.headers().slice(1);
}

describe('edits of headers', () => {
  it('come in their order: what was removed can be added again', () => {
    const edits = {
      remove: ['X-A'],
      rename: [{ name: 'X-B', value: 'X-A' }],
      replace: [{ name: 'X-A', value: 'replaced' }],
      add: [{ name: 'x-a', value: 'added' }],
      append: [{ name: 'X-A', value: 'appended' }],
    };
    const headers = [
      ['X-A', '1'],
      ['X-B', '2'],
    ] as const;
    assert.deepEqual(edited(edits, headers), [
      ['X-A', 'replaced'],
      ['X-A', 'appended'],
    ]);
  });

  it('take values that come with the message from their places', () => {
    const edits = {
      replace: [{ name: 'X-B', value: 1 }],
      add: [{ name: 'X-C', value: 0 }],
    };
    assert.deepEqual(edited(edits, [['X-B', '2']], ['of c', 'of b']), [
      ['X-B', 'of b'],
      ['X-C', 'of c'],
    ]);
  });

  it('add what is missing, line by line where some of it is there', () => {
    const add = [
      { name: 'X-A', value: 'a' },
      { name: 'X-B', value: 'b' },
      { name: 'X-B', value: 'again' },
    ];
    assert.deepEqual(edited({ add }, []), [
      ['X-A', 'a'],
      ['X-B', 'b'],
    ]);
    assert.deepEqual(edited({ add }, [['x-a', '1']]), [
      ['x-a', '1'],
      ['X-B', 'b'],
    ]);
  });

  it('remove nothing by what is no name of a field', () => {
    assert.deepEqual(edited({ remove: ['X A', ''] }, [['X-A', '1']]), [['X-A', '1']]);
  });
});

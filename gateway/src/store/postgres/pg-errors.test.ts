import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseError } from 'pg';
import { StoreUnavailable } from '../contract.ts';
import { translated } from './pg-errors.ts';

function ofServer(code: string, message: string): StoreUnavailable {
  const error = translated(Object.assign(new DatabaseError(message, 0, 'error'), { code }));
  assert.ok(error instanceof StoreUnavailable);
  return error;
}

describe('an error of PostgreSQL', () => {
  it('is translated once', () => {
    const first = translated(
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { syscall: 'connect' }),
    );
    assert.ok(first instanceof StoreUnavailable);
    assert.equal(first.message, 'PostgreSQL cannot be reached: connect ECONNREFUSED 127.0.0.1:1');
    assert.equal(translated(first), first);
  });

  it('says how to mend what does not mend itself', () => {
    assert.match(
      ofServer('3D000', 'x').help ?? '',
      /^Create it .*or correct the name in --database/,
    );
    assert.match(ofServer('28P01', 'x').help ?? '', /^Correct the user and the password/);
    assert.equal(ofServer('57P03', 'x').help, undefined);
  });
});

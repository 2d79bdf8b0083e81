import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readUserPass } from './user-pass.ts';

const encoded = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

describe('readUserPass', () => {
  it('reads what clients send, whatever is in the password', () => {
    const username = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((it) => !it.includes(':'));
    const scheme = fc.constantFrom('Basic ', 'basic ', 'Basic', 'Basic   ');
    fc.assert(
      fc.property(scheme, username, fc.string({ unit: 'grapheme' }), (prefix, name, password) => {
        const read = readUserPass(`${prefix}${encoded(`${name}:${password}`)}`);
        assert.deepEqual(read, { username: name, password });
      }),
    );
  });

  it('passes over what follows the padding', () => {
    const read = readUserPass(`Basic ${encoded('bob:secret')} trailing`);
    assert.deepEqual(read, { username: 'bob', password: 'secret' });
  });

  it('finds nothing in what is malformed', () => {
    const malformed = [
      '',
      'Basic',
      'Basic ',
      'BASIC Ym9iOnNlY3JldA==',
      'Bearer Ym9iOnNlY3JldA==',
      'xBasic Ym9iOnNlY3JldA==',
      `Basic ${encoded('bob')}`,
      `Basic ${encoded(':secret')}`,
      `Basic ${encoded('bob:secret').slice(0, -3)}`,
      'Basic Ym9iOn*lY3JldA==',
      'Basic ====',
      'Basic A',
      `Basic ${encoded(Buffer.from([0x62, 0x3a, 0xff, 0xfe]))}`,
    ];
    for (const value of malformed) assert.equal(readUserPass(value), null, value);
  });

  it('makes something or nothing of any text, and never fails', () => {
    const field = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((text) => `Basic ${text}`),
      fc.uint8Array().map((bytes) => `Basic ${encoded(bytes)}`),
      fc.base64String().map((text) => `basic ${text}`),
    );
    fc.assert(
      fc.property(field, (value) => {
        const read = readUserPass(value);
        if (read === null) return;
        assert.ok(read.username.length > 0 && !read.username.includes(':'));
      }),
      { numRuns: 2000 },
    );
  });
});

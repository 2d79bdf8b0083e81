import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  hashPassword,
  hashPasswordOfFile,
  isImportedHash,
  isPasswordHash,
  verifyPassword,
} from './password.ts';

const consumer = '00000000-0000-4000-8000-000000000101';
const cheap = `$argon2id$v=19$m=64,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

describe('passwords', () => {
  it('are kept as Argon2id hashes that say how they were made', async () => {
    const stored = await hashPassword('open sesame');
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z\d+/]{22}\$[A-Za-z\d+/]{43}$/);
    assert.ok(isPasswordHash(stored));
    assert.equal(await verifyPassword(stored, 'open sesame', consumer), true);
    assert.equal(await verifyPassword(stored, 'open sesam', consumer), false);
  });

  it('have another hash each time', async () => {
    assert.notEqual(await hashPassword('same'), await hashPassword('same'));
  });

  it('that came from Kong are known by its hash of password and consumer', async () => {
    // What a Kong 3.9.3 stores of this password of this consumer.
    const stored = '5e078bd4db6648b4321c2d45c3a9c285a130b94d';
    assert.equal(createHash('sha1').update(`open sesame${consumer}`).digest('hex'), stored);
    assert.ok(isImportedHash(stored));
    assert.equal(await verifyPassword(stored, 'open sesame', consumer), true);
    assert.equal(await verifyPassword(stored.toUpperCase(), 'open sesame', consumer), true);
    assert.equal(await verifyPassword(stored, 'open sesame', consumer.replace('1', '2')), false);
  });

  it('of a file have the same hash each time, and another for each credential', async () => {
    const stored = hashPasswordOfFile('open sesame', 'a');
    assert.equal(hashPasswordOfFile('open sesame', 'a'), stored);
    assert.notEqual(hashPasswordOfFile('open sesame', 'b'), stored);
    assert.equal(await verifyPassword(stored, 'open sesame', consumer), true);
    assert.equal(await verifyPassword(stored, 'open sesam', consumer), false);
    assert.equal(await verifyPassword(stored.slice(0, -1), 'open sesame', consumer), false);
  });

  it('are never compared with what is no hash', async () => {
    assert.equal(await verifyPassword('plain', 'plain', consumer), false);
  });

  it('that look like hashes are told apart from those that cost too much to check', () => {
    assert.ok(isPasswordHash(cheap));
    for (const dear of [
      cheap.replace('m=64', 'm=4000000'),
      cheap.replace('t=1', 't=99'),
      cheap.replace('p=1', 'p=16'),
    ]) {
      assert.equal(isPasswordHash(dear), false, dear);
    }
  });

  it('are no hashes when a part of one is missing or not what it should be', () => {
    for (const broken of [
      cheap.replace('argon2id', 'argon2i'),
      cheap.replace('v=19', 'v=16'),
      cheap.replace('t=1', 't=0'),
      cheap.replace('m=64', 'm=7'),
      cheap.slice(0, -30),
      cheap.replace('AAAA', '****'),
    ]) {
      assert.equal(isPasswordHash(broken), false, broken);
    }
  });
});

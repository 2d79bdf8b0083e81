import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { knownPlugins } from '../../plugins/known.ts';
import { parseDeclarative } from '../parse.ts';
import { misreadPasswords } from './password-caveats.ts';

const ID = '5d29f7f4-9cf5-4ad5-a2a9-5a90a7b8a7f6';
const HASH = createHash('sha1').update(`secret${ID}`).digest('hex');

function messagesFor(head: string, ...consumers: readonly string[]): string[] {
  const text = `_format_version: "3.0"\n${head}\nconsumers: [${consumers.join()}]\n`;
  const result = parseDeclarative(text, 'kong.yaml', { plugins: knownPlugins, env: {} });
  assert.ok(result.ok);
  return misreadPasswords(result.entities, result.transform).map(({ message }) => message);
}

function consumer(name: string, password: string, more = ''): string {
  return `{username: ${name}, ${more} basicauth_credentials: [{username: ${name}, password: ${password}}]}`;
}

describe('the caveats of passwords', () => {
  it('name who has what looks like a hash in a document of plain passwords', () => {
    assert.deepEqual(messagesFor('', consumer('ada', HASH), consumer('ben', 'lovelace')), [
      "without `_transform: false` passwords are taken as they stand: consumer 'ada' has one that looks like a hash of Kong's, and cannot log in with what it is the hash of",
    ]);
  });

  it('name who has a plain password in a document of hashes', () => {
    const whole = consumer('ben', HASH, `id: ${ID},`);
    assert.deepEqual(messagesFor('_transform: false', consumer('ada', 'lovelace'), whole), [
      "with `_transform: false` passwords are hashes: consumer 'ada' has one that is none, and no password fits it",
    ]);
  });

  it("name who has a hash of Kong's without the id that belongs to it", () => {
    assert.deepEqual(messagesFor('_transform: false', consumer('ada', HASH)), [
      "a hash of Kong's is one of the password and the id of the consumer: consumer 'ada' has such a hash, but its id is made of its name: unless Kong had that id too, no password fits",
    ]);
  });

  it('are none where documents and passwords agree', () => {
    assert.deepEqual(messagesFor('', consumer('ada', 'lovelace')), []);
    assert.deepEqual(messagesFor('_transform: false', consumer('ada', HASH, `id: ${ID},`)), []);
    assert.deepEqual(messagesFor('', '{username: ada}'), []);
  });
});

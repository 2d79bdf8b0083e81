import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { StoreUnavailable, type StoredToken } from '../contract.ts';
import { MemoryStore } from './memory-store.ts';
import { TokenFile } from './token-file.ts';
import { tokensSuite } from '../suite/tokens.suite.ts';

describe('the token file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;
  const fresh = (): string => join(folder, `${(files += 1)}.json`);

  tokensSuite(() => Promise.resolve(new MemoryStore({ tokens: new TokenFile(fresh()) })));

  it('is for its owner only, and leaves nothing else behind', async () => {
    const path = fresh();
    await new TokenFile(path).create(token('ci'));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const beside = readdirSync(folder).filter((name) => name.includes('lock') || name.length > 12);
    assert.deepEqual(beside, []);
  });

  it('is shared by several processes', async () => {
    const path = fresh();
    const [a, b] = [new TokenFile(path), new TokenFile(path)];
    const names = Array.from({ length: 10 }, (_, index) => `t${index}`);
    await Promise.all(names.map((name, index) => (index % 2 ? a : b).create(token(name))));
    assert.deepEqual((await a.list()).map(({ name }) => name).sort(), names);
  });

  it('is not kept from being changed by a process that has died meanwhile', async () => {
    const path = fresh();
    writeFileSync(`${path}.lock`, '');
    // As old as one may be and still count, but for a second.
    const made = new Date(Date.now() - 4000);
    utimesSync(`${path}.lock`, made, made);
    assert.equal(await new TokenFile(path).create(token('ci')), true);
    assert.equal(existsSync(`${path}.lock`), false);
  });

  it('that is damaged says so, and is left alone', async () => {
    const path = fresh();
    writeFileSync(path, '{"tok');
    await assert.rejects(
      new TokenFile(path).create(token('ci')),
      (error) => error instanceof StoreUnavailable && error.reason === 'damaged',
    );
  });
});

function token(name: string): StoredToken {
  const never = { expiresAt: null, revokedAt: null, lastUsedAt: null };
  return { id: crypto.randomUUID(), name, hash: name, createdAt: 1, ...never };
}

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { MemoryTokens } from '../../store/memory/memory-tokens.ts';
import { Notes } from '../testing/notes.ts';
import { createFirstToken } from './first-token.ts';
import { hashOfSecret } from './secret.ts';

describe('the first token', () => {
  let folder: string;
  let tokens: MemoryTokens;
  let log: Notes;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-first-'));
    tokens = new MemoryTokens();
    log = new Notes();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const create = (tokenFile: string | null = null): Promise<void> =>
    createFirstToken({ tokens, tokenFile, folder, log });
  const written = (): string => readFileSync(join(folder, 'admin-token'), 'utf8').trim();

  it('is written to a file for its owner; the log names the file only', async () => {
    await create();
    const [token] = await tokens.list();
    assert.equal(token?.hash, hashOfSecret(written()));
    assert.equal(statSync(join(folder, 'admin-token')).mode & 0o777, 0o600);
    assert.match(log.lines.join(), /admin-token/);
    assert.ok(!log.lines.join().includes(written()));
  });

  it('is the only one, however often it is asked for', async () => {
    await create();
    const secret = written();
    await create();
    assert.equal((await tokens.list()).length, 1);
    assert.equal(written(), secret);
  });

  it('that is not made is explained, and how to get another', async () => {
    await tokens.create({ ...(await someToken()), name: 'theirs' });
    await create();
    assert.equal(existsSync(join(folder, 'admin-token')), false);
    assert.match(
      log.lines.join('\n'),
      /^there is a token of the Admin API already: none is made; sluice token create NAME, with/,
    );
  });

  it('needs no word where its file still is', async () => {
    await create();
    const told = log.lines.length;
    await create();
    assert.equal(log.lines.length, told);
  });

  it('that was revoked is not what its file is taken for', async () => {
    await create();
    const [first] = await tokens.list();
    await tokens.revoke(first?.id ?? '', Date.now());
    await tokens.create({ ...(await someToken()), name: 'theirs' });
    const told = log.lines.length;
    await create();
    assert.match(
      log.lines.slice(told).join('\n'),
      /^there is a token .* already: the one in \S+admin-token counts no more; sluice token create/,
    );
  });

  it('in a file that counts no more is said not to be looked at', async () => {
    await tokens.create({ ...(await someToken()), name: 'theirs' });
    const file = join(folder, 'given');
    writeFileSync(file, 'k'.repeat(32));
    await create(file);
    assert.match(log.lines.join(), /already: the one in \S+given is not looked at; sluice token/);
  });

  it('is missed loudly when all of those before are revoked', async () => {
    const theirs = await someToken();
    await tokens.create({ ...theirs, name: 'theirs' });
    await tokens.revoke(theirs.id, Date.now());
    await create();
    assert.match(log.lines.join(), /^all tokens .* revoked or expired, so it lets nobody in; none/);
  });

  it('of another node that was quicker counts, and nothing is left behind', async () => {
    await tokens.create({ ...(await someToken()), name: 'theirs' });
    const empty = Object.assign(Object.create(tokens) as MemoryTokens, {
      list: () => Promise.resolve([]),
      createFirst: () => Promise.resolve(false),
    });
    await createFirstToken({ tokens: empty, tokenFile: null, folder, log });
    assert.equal(existsSync(join(folder, 'admin-token')), false);
    assert.deepEqual(log.lines, []);
  });

  async function someToken() {
    const others = new MemoryTokens();
    const elsewhere = mkdtempSync(join(folder, 'other-'));
    await createFirstToken({
      tokens: others,
      tokenFile: null,
      folder: elsewhere,
      log: new Notes(),
    });
    return (await others.list())[0]!;
  }

  it('is the one in the file that an earlier start left behind before it could count', async () => {
    const secret = 'x'.repeat(40);
    writeFileSync(join(folder, 'admin-token'), `${secret}\n`);
    await create();
    assert.equal((await tokens.list())[0]?.hash, hashOfSecret(secret));
    assert.equal(written(), secret);
  });

  it('is made anew when an earlier start was ended before it was written', async () => {
    writeFileSync(join(folder, 'admin-token'), '');
    await create();
    assert.equal((await tokens.list())[0]?.hash, hashOfSecret(written()));
    assert.equal(statSync(join(folder, 'admin-token')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['admin-token']);
  });

  it('is the one in the file that is named', async () => {
    const file = join(folder, 'given');
    writeFileSync(file, `${'k'.repeat(32)}\n`);
    await create(file);
    assert.equal((await tokens.list())[0]?.hash, hashOfSecret('k'.repeat(32)));
    assert.equal(existsSync(join(folder, 'admin-token')), false);
  });

  for (const [what, text, problem] of [
    ['too short', 'k'.repeat(31), /holds 31 characters only$/],
    ['empty', '', /holds 0 characters only$/],
    ['of several words', `${'k'.repeat(32)} ${'k'.repeat(32)}`, /more than one word/],
  ] as const) {
    it(`is refused when it is ${what}, and not repeated`, async () => {
      const file = join(folder, 'given');
      writeFileSync(file, text);
      await assert.rejects(create(file), (error: Error) => {
        assert.ok(error instanceof OperatorError);
        assert.match(error.message, problem);
        assert.ok(text === '' || !error.message.includes(text));
        return true;
      });
    });
  }

  it('names the file that is not there', async () => {
    await assert.rejects(create(join(folder, 'missing')), /missing cannot be read \(ENOENT\)/);
  });
});

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { plainListen } from '../../settings/listen-kinds.ts';
import { StoreUnavailable, type StoredToken } from '../../store/contract.ts';
import { MemoryTokens } from '../../store/memory/memory-tokens.ts';
import { Notes } from '../testing/notes.ts';
import { adminAuthentication } from './admin-authentication.ts';

/** Tokens in a store that is away. */
class Away extends MemoryTokens {
  override list(): Promise<never> {
    return Promise.reject(new StoreUnavailable('unreachable', 'gone'));
  }

  override byHash(): Promise<StoredToken | undefined> {
    return this.list();
  }
}

describe('a node whose tokens cannot be read', () => {
  const admin = {
    listen: [plainListen({ host: '127.0.0.1', port: 0 })],
    auth: true,
    tokenFile: null,
    corsOrigins: [],
  };

  it('lets nobody in, and says so', async () => {
    const log = new Notes();
    const opened = { tokens: new Away(), folder: tmpdir() };
    const authenticate = await adminAuthentication(opened, admin, log);
    assert.ok(authenticate);
    await assert.rejects(authenticate('any'), StoreUnavailable);
    assert.match(log.lines.join(), /lets nobody in until its tokens can be read/);
  });
});

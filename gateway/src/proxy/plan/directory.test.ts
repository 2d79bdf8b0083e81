import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldValue } from '../../plugin/header-line.ts';
import type { ConsumerInfo } from '../../plugin/plugin.ts';
import type { ConsumerRecord, CredentialRecord } from '../../snapshot/records.ts';
import { identifierLine, type Credential } from './consumer.ts';
import { DirectoryChanges, LiveDirectory } from './directory.ts';

const KEYS = 'keyauth_credentials';

const consumer = (id: string, more: Partial<ConsumerRecord> = {}): ConsumerRecord => ({
  id,
  groups: [],
  ...more,
});

const credential = (
  id: string,
  key: string,
  more: Partial<CredentialRecord> = {},
): CredentialRecord => ({ id, key, table: KEYS, consumer: 'c', ...more });

function put(
  directory: LiveDirectory,
  fill: (changes: DirectoryChanges) => void,
): DirectoryChanges {
  const changes = new DirectoryChanges();
  fill(changes);
  Array.from(changes.put(directory));
  return changes;
}

function sweep(directory: LiveDirectory, changes: DirectoryChanges): void {
  Array.from(changes.sweep(directory));
}

function apply(directory: LiveDirectory, fill: (changes: DirectoryChanges) => void): void {
  sweep(directory, put(directory, fill));
}

describe('the directory', () => {
  it('gives out credentials in which nothing changes by their being used', () => {
    const directory = new LiveDirectory();
    apply(directory, (changes) => {
      changes.putConsumer(consumer('c', { username: 'ada' }));
      changes.putCredential(credential('k', 'secret', { fields: { ttl: 5 } }));
    });
    const found = directory.credential(KEYS, 'secret')!;
    const before = { ...found };
    directory.consumerOf(found);
    assert.deepEqual({ ...found }, before);
    assert.deepEqual(Object.keys(before).sort(), ['consumerId', 'id', 'key', 'table', 'ttl']);
  });

  it('finds consumers by id, username and custom id, credentials by table and key', () => {
    const directory = new LiveDirectory();
    apply(directory, (changes) => {
      changes.putConsumer(consumer('c', { username: 'ada', custom_id: 'x', groups: ['g'] }));
      changes.putCredential(credential('k', 'secret', { fields: { ttl: 5 } }));
    });
    const found = directory.consumer('c');
    assert.equal(directory.consumerByIdOrName('c'), found);
    assert.equal(directory.consumerByIdOrName('ada'), found);
    assert.equal(directory.consumerByCustomId('x'), found);
    assert.deepEqual([found?.username, found?.custom_id, found?.groups], ['ada', 'x', ['g']]);
    const key = directory.credential(KEYS, 'secret');
    assert.equal(key?.id, 'k');
    assert.equal(key?.consumerId, 'c');
    assert.equal((key as unknown as { ttl: number }).ttl, 5);
    assert.equal(directory.credential('basicauth_credentials', 'secret'), undefined);
  });

  it('finds a credential until the moment at which it expires', () => {
    let now = 1000;
    const directory = new LiveDirectory(() => now);
    apply(directory, (changes) => {
      changes.putCredential(credential('k', 'short', { expires_at: 2000 }));
      changes.putCredential(credential('l', 'long'));
    });
    now = 1999;
    assert.equal(directory.credential(KEYS, 'short')?.id, 'k');
    now = 2000;
    assert.equal(directory.credential(KEYS, 'short'), undefined);
    assert.equal(directory.credentialById('k'), undefined);
    assert.equal(directory.credentialById('l')?.key, 'long');
    assert.equal(directory.credential(KEYS, 'long')?.id, 'l');
  });

  it('tells by its state that something may be found otherwise than before', () => {
    const directory = new LiveDirectory();
    const states = new Set([directory.state]);
    const changed = (): void => {
      assert.ok(!states.has(directory.state));
      states.add(directory.state);
    };
    const steps: ((changes: DirectoryChanges) => void)[] = [
      (changes) => changes.putConsumer(consumer('c')),
      (changes) => changes.putCredential(credential('k', 'secret')),
      (changes) => changes.putCredential(credential('k', 'other')),
      (changes) => changes.putConsumer(consumer('c', { username: 'ada' })),
    ];
    for (const step of steps) {
      const changes = put(directory, step);
      changed();
      sweep(directory, changes);
    }
    states.add(directory.state);
    apply(directory, (changes) => changes.deleteCredential('k'));
    changed();
    apply(directory, (changes) => changes.deleteConsumer('c'));
    changed();
    directory.credential(KEYS, 'secret');
    assert.ok(states.has(directory.state));
  });

  it('holds old and new between the two steps, and only the new after them', () => {
    const directory = new LiveDirectory();
    apply(directory, (changes) => {
      changes.putConsumer(consumer('c', { username: 'old' }));
      changes.putConsumer(consumer('gone', { username: 'bye' }));
      changes.putCredential(credential('k', 'old'));
      changes.putCredential(credential('removed', 'removed'));
    });
    const changes = put(directory, (staged) => {
      staged.putConsumer(consumer('c', { username: 'new' }));
      staged.deleteConsumer('gone');
      staged.putCredential(credential('k', 'new'));
      staged.deleteCredential('removed');
    });
    for (const name of ['old', 'new', 'bye']) assert.ok(directory.consumerByIdOrName(name), name);
    for (const key of ['old', 'new', 'removed']) assert.ok(directory.credential(KEYS, key), key);
    sweep(directory, changes);
    for (const name of ['old', 'bye', 'gone']) {
      assert.equal(directory.consumerByIdOrName(name), undefined, name);
    }
    for (const key of ['old', 'removed']) assert.equal(directory.credential(KEYS, key), undefined);
    assert.equal(directory.consumerByIdOrName('new')?.id, 'c');
    assert.equal(directory.credential(KEYS, 'new')?.id, 'k');
    assert.deepEqual(directory.size, { consumers: 1, credentials: 1 });
  });

  it('keeps a key that passed from one credential to another, and a name likewise', () => {
    const directory = new LiveDirectory();
    apply(directory, (changes) => {
      changes.putConsumer(consumer('a', { username: 'one' }));
      changes.putConsumer(consumer('b', { username: 'two' }));
      changes.putCredential(credential('k1', 'x'));
      changes.putCredential(credential('k2', 'y'));
    });
    apply(directory, (changes) => {
      changes.putConsumer(consumer('a', { username: 'two' }));
      changes.putConsumer(consumer('b', { username: 'one' }));
      changes.deleteCredential('k1');
      changes.putCredential(credential('k2', 'x'));
    });
    assert.equal(directory.consumerByIdOrName('one')?.id, 'b');
    assert.equal(directory.consumerByIdOrName('two')?.id, 'a');
    assert.equal(directory.credential(KEYS, 'x')?.id, 'k2');
    assert.equal(directory.credential(KEYS, 'y'), undefined);
  });
});

describe('a custom id', () => {
  it('leads to the consumer that has it now', () => {
    const directory = new LiveDirectory();
    const holder = (customId: string): string | undefined =>
      directory.consumerByCustomId(customId)?.id;
    apply(directory, (changes) => {
      changes.putConsumer(consumer('a', { custom_id: '1' }));
      changes.putConsumer(consumer('b', { custom_id: '2' }));
    });
    apply(directory, (changes) => {
      changes.putConsumer(consumer('a', { custom_id: '2' }));
      changes.putConsumer(consumer('b', { custom_id: '3' }));
    });
    assert.deepEqual(['1', '2', '3'].map(holder), [undefined, 'a', 'b']);
    apply(directory, (changes) => changes.deleteConsumer('b'));
    assert.equal(holder('3'), undefined);
  });
});

describe('a credential', () => {
  it('may go from one table to another under the same id', () => {
    const directory = new LiveDirectory();
    apply(directory, (changes) => changes.putCredential(credential('k', 'x')));
    apply(directory, (changes) => {
      changes.putCredential(credential('k', 'y', { table: 'other' }));
      changes.deleteCredential('k');
    });
    assert.equal(directory.credential('other', 'y')?.id, 'k');
    assert.equal(directory.credential(KEYS, 'x'), undefined);
  });
});

describe('the consumer of a credential', () => {
  it('is always the one that stands under its id', () => {
    const directory = new LiveDirectory();
    const owner = (): ConsumerInfo | undefined =>
      directory.consumerOf(directory.credential(KEYS, 'x')!);
    apply(directory, (changes) => {
      changes.putConsumer(consumer('c', { username: 'ada' }));
      changes.putCredential(credential('k', 'x'));
    });
    assert.equal(owner()?.username, 'ada');
    assert.equal(owner()?.username, 'ada');
    apply(directory, (changes) => changes.putConsumer(consumer('c', { username: 'eve' })));
    assert.equal(owner()?.username, 'eve');
    apply(directory, (changes) => changes.deleteConsumer('c'));
    assert.equal(owner(), undefined);
    apply(directory, (changes) => changes.putConsumer(consumer('c', { username: 'bob' })));
    assert.equal(owner()?.username, 'bob');
  });
});

describe('the header lines of a credential', () => {
  it('tell of its consumer as it is now', () => {
    const directory = new LiveDirectory();
    const lines = (): string => {
      const key = directory.credential(KEYS, 'secret') as Credential;
      assert.notEqual(directory.consumerOf(key), undefined);
      return key.identityLines;
    };
    apply(directory, (changes) => {
      changes.putConsumer(consumer('c', { username: 'ada' }));
      changes.putCredential(credential('k', 'secret'));
    });
    const identifier = 'X-Credential-Identifier: k\r\n';
    assert.equal(lines(), `X-Consumer-ID: c\r\nX-Consumer-Username: ada\r\n${identifier}`);
    apply(directory, (changes) => changes.putConsumer(consumer('c', { username: 'eve' })));
    assert.equal(lines(), `X-Consumer-ID: c\r\nX-Consumer-Username: eve\r\n${identifier}`);
  });

  it('leave out an identifier that cannot be sent', () => {
    assert.equal(identifierLine('a\r\nX-Admin: yes'), '');
  });
});

describe('the header lines of a consumer', () => {
  const linesOf = (more: Partial<ConsumerRecord>): string | undefined => {
    const directory = new LiveDirectory();
    apply(directory, (changes) => changes.putConsumer(consumer('c', more)));
    return directory.consumer('c')?.headerLines;
  };

  it('hold only what the consumer has', () => {
    assert.equal(linesOf({ username: 'ada' }), 'X-Consumer-ID: c\r\nX-Consumer-Username: ada\r\n');
    assert.equal(linesOf({ custom_id: '7' }), 'X-Consumer-ID: c\r\nX-Consumer-Custom-ID: 7\r\n');
  });

  it('never end early, whatever the username holds', () => {
    const lines = linesOf({ username: 'a\r\nX-Admin: yes\0' })!;
    assert.equal(lines.split('\r\n').length, 3);
    assert.match(lines, /X-Consumer-Username: a%0D%0AX-Admin: yes%00\r\n$/);
  });

  it('carry what is beyond ASCII as UTF-8', () => {
    const lines = linesOf({ username: 'Zoë €' })!;
    assert.ok(lines.includes(fieldValue('Zoë €')));
    assert.match(Buffer.from(lines, 'latin1').toString('utf8'), /X-Consumer-Username: Zoë €\r\n$/);
  });
});

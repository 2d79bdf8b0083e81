import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withHashedPasswords } from './hashed-passwords.ts';
import { verifyPassword } from './password.ts';
import { tableNames, type Entity, type EntityTables } from './tables.ts';

const owner = '00000000-0000-4000-8000-000000000101';

const credential = (id: string, password: string): Entity<'basicauth_credentials'> => ({
  id,
  created_at: 1,
  consumer: { id: owner },
  username: id,
  password,
  tags: null,
});

function tablesWith(...list: readonly Entity<'basicauth_credentials'>[]): EntityTables {
  const none = Object.fromEntries(tableNames.map((table) => [table, new Map()]));
  return {
    ...(none as unknown as EntityTables),
    basicauth_credentials: new Map(list.map((it) => [it.id, it])),
  };
}

describe('passwords of a document', () => {
  it('are served as hashes', async () => {
    const tables = withHashedPasswords(tablesWith(credential('a', 'wonderland')));
    const { password = '' } = tables.basicauth_credentials.get('a') ?? {};
    assert.doesNotMatch(password, /wonderland/);
    assert.ok(await verifyPassword(password, 'wonderland', owner));
  });

  it('that are hashes already stay as they are', () => {
    const hash = `$argon2id$v=19$m=64,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    const tables = withHashedPasswords(tablesWith(credential('a', hash)));
    assert.equal(tables.basicauth_credentials.get('a')?.password, hash);
  });

  it('are the same objects as before where the file did not change', () => {
    const same = credential('a', 'one');
    const first = withHashedPasswords(tablesWith(same, credential('b', 'two')));
    const second = withHashedPasswords(tablesWith(same, credential('b', 'three')));
    const of = (tables: EntityTables, id: string): unknown => tables.basicauth_credentials.get(id);
    assert.equal(of(second, 'a'), of(first, 'a'));
    assert.notEqual(of(second, 'b'), of(first, 'b'));
    const table = tablesWith(same);
    assert.equal(
      withHashedPasswords(table).basicauth_credentials,
      withHashedPasswords(table).basicauth_credentials,
    );
  });
});

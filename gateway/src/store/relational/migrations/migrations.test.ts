import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../../test/support/postgres.ts';
import { describePostgres, describeSqlite } from '../../testing/describe-tables.ts';
import type { Dialect } from '../database.ts';
import { createTable } from '../ddl.ts';
import { entitySchemas } from '../schema.ts';
import { migrations } from './list.ts';

type Kind = Dialect['kind'];

/**
 * What each migration does, as a digest for each kind of database. Add the line of a new migration;
 * never change one that was published: databases that have run it would not be as the new one says.
 */
const digests: Readonly<Record<number, Readonly<Record<Kind, string>>>> = {
  1: {
    sqlite: '27e125ac93f1d4244504de13eb79ce54fea1cc02ad566305488581830e808584',
    postgres: '4224ed68cba80320e4f9a9b4b80c56e10649e75c4650d66c30d7b750e7c2a997',
  },
  2: {
    sqlite: '941c7bf65cc44e9c54315d5b1c39757ec0dab87a734c5f6821bdd301bd2ae3c7',
    postgres: '23ad3b8e7520d60562dac1b3b76bf440b75887e39d8d77679591554b80f53229',
  },
  3: {
    sqlite: '8210fced2972e521621cbcd9f727e72a3d6086676df9efdf108c650eb179db8d',
    postgres: '19631b0c0a9fb2eda697034fe863b72b8b2100fc44f04df7e2e2c8a996a6cce0',
  },
};

const advice = 'definitions of entities have changed: write a migration in relational/migrations/';

describe('migrations', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.dispose());

  it('lead to the tables that the definitions ask for, in SQLite', () => {
    const described = [migrated('sqlite'), defined('sqlite')].map((statements) => {
      const database = new DatabaseSync(':memory:');
      for (const statement of statements) database.exec(statement);
      const tables = entitySchemas().map(({ name }) => describeSqlite(database, name));
      database.close();
      return tables;
    });
    assert.deepEqual(described[0], described[1], advice);
  });

  it('lead to the tables that the definitions ask for, in PostgreSQL', async () => {
    const described = [];
    for (const statements of [migrated('postgres'), defined('postgres')]) {
      const url = await server.createDatabase();
      for (const statement of statements) await server.query(statement, url);
      const tables = [];
      for (const { name } of entitySchemas()) {
        tables.push(await describePostgres((sql) => server.query(sql, url), name));
      }
      described.push(tables);
    }
    assert.deepEqual(described[0], described[1], advice);
  });

  it('are numbered one after the other', () => {
    const versions = migrations.map(({ version }) => version);
    assert.deepEqual(
      versions,
      versions.map((_, index) => index + 1),
    );
  });

  for (const { version, statements } of migrations) {
    for (const kind of ['sqlite', 'postgres'] as const) {
      it(`never change: ${version} in ${kind}`, () => {
        const digest = createHash('sha256').update(statements(kind).join(';\n')).digest('hex');
        assert.equal(digest, digests[version]?.[kind]);
      });
    }
  }
});

function migrated(kind: Kind): readonly string[] {
  return migrations.flatMap(({ statements }) => statements(kind));
}

function defined(kind: Kind): readonly string[] {
  return entitySchemas().flatMap((schema) => createTable(kind, schema));
}

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UnservableChange } from '../../control/configuration.ts';
import { AdminApi, refusing, type Answer } from '../testing/admin-api.ts';

interface DryRun {
  readonly dry_run: boolean;
  readonly data: { readonly id: string; readonly host: string } | null;
  readonly changes: readonly {
    readonly entity: string;
    readonly change: string;
    readonly before: { readonly host: string } | null;
    readonly after: { readonly host: string } | null;
  }[];
}

/** What every change is told by, in dry runs, restores and the history. */
const shape = ['entity', 'id', 'change', 'fields', 'before', 'after'] as const;

describe('writes', () => {
  let api: AdminApi;

  beforeEach(async () => {
    const judge = refusing(({ table, id, after }) => {
      if (table !== 'plugins' || after === null) return undefined;
      const message = "plugin 'grpc-web' cannot run here";
      return new UnservableChange([{ table, id, field: 'name', message }]);
    });
    api = await AdminApi.open({ judge });
  });
  afterEach(() => api.close());

  async function services(): Promise<readonly unknown[]> {
    const { body } = await api.call('GET', '/services');
    return (body as { data: unknown[] }).data;
  }

  function revision({ headers }: Answer): number {
    return Number(headers.get('x-sluice-revision'));
  }

  it('answer with the revision that they made, and tell the node of it', async () => {
    const first = await api.call('POST', '/services', { name: 'a', host: 'a.test' });
    const second = await api.call('DELETE', '/services/a');
    assert.equal(revision(second), revision(first) + 1);
    assert.deepEqual(api.told, [revision(first), revision(second)]);
  });

  it('that change nothing make no revision', async () => {
    const first = await api.call('POST', '/services', { name: 'a', host: 'a.test' });
    const nothing = await api.call('DELETE', '/services/b');
    assert.deepEqual([nothing.status, revision(nothing)], [204, revision(first)]);
    assert.equal(api.told.length, 1);
  });

  it('are refused with the reason when they could not be served', async () => {
    const { status, body } = await api.call('POST', '/plugins', { name: 'grpc-web' });
    assert.equal(status, 400);
    assert.deepEqual(body, {
      code: 2,
      name: 'schema violation',
      message: "schema violation (name: plugin 'grpc-web' cannot run here)",
      fields: { name: "plugin 'grpc-web' cannot run here" },
    });
    assert.deepEqual(((await api.call('GET', '/plugins')).body as { data: unknown }).data, []);
  });

  describe('that are tried out', () => {
    it('answer with what would be stored and what would change, and store nothing', async () => {
      const input = { name: 'a', host: 'a.test' };
      const { status, headers, body } = await api.call('POST', '/services?dry_run=1', input);
      assert.equal(status, 200);
      assert.equal(headers.get('x-sluice-dry-run'), '1');
      const { dry_run, data, changes } = body as DryRun;
      assert.equal(dry_run, true);
      assert.equal(data?.host, 'a.test');
      assert.deepEqual(
        changes.map(({ entity, change }) => [entity, change]),
        [['services', 'create']],
      );
      assert.deepEqual(await services(), []);
      assert.deepEqual(api.told, []);
    });

    it('show both states of what would change, and what would go along', async () => {
      await api.call('POST', '/services', { name: 'a', host: 'a.test' });
      const patch = await api.call('PATCH', '/services/a?dry_run=1', { host: 'b.test' });
      const [change] = (patch.body as DryRun).changes;
      assert.deepEqual([change?.before?.host, change?.after?.host], ['a.test', 'b.test']);
      await api.call('POST', '/consumers', { username: 'ann' });
      await api.call('POST', '/consumers/ann/acls', { group: 'g' });
      const removal = await api.call('DELETE', '/consumers/ann?dry_run=1');
      assert.equal(removal.status, 200);
      assert.deepEqual(
        (removal.body as DryRun).changes.map(({ entity, change: what }) => [entity, what]),
        [
          ['acls', 'delete'],
          ['consumers', 'delete'],
        ],
      );
    });

    it('show changes in one shape, and no secrets', async () => {
      await api.call('POST', '/consumers', { username: 'ann' });
      await api.call('POST', '/consumers/ann/key-auth', { key: 'the-secret' });
      const path = '/consumers/ann/key-auth/the-secret?dry_run=1';
      const removal = await api.call('DELETE', path);
      const [gone] = (removal.body as { changes: { before: { key: string } }[] }).changes;
      assert.deepEqual(Object.keys(gone ?? {}), [...shape]);
      assert.equal(gone?.before.key, '******');
      const patch = await api.call('PATCH', path, { key: 'another' });
      const [changed] = (patch.body as { changes: { fields: string[] }[] }).changes;
      assert.deepEqual(Object.keys(changed ?? {}), [...shape]);
      assert.deepEqual(changed?.fields, ['key']);
      assert.doesNotMatch(JSON.stringify(changed), /another|the-secret/);
    });

    it('fail as they would in earnest', async () => {
      await api.call('POST', '/services', { name: 'a', host: 'a.test' });
      for (const [status, method, path, body] of [
        [409, 'POST', '/services', { name: 'a', host: 'b.test' }],
        [400, 'POST', '/services', {}],
        [400, 'POST', '/plugins', { name: 'grpc-web' }],
        [404, 'PATCH', '/services/b', { host: 'b.test' }],
      ] as const) {
        assert.equal((await api.call(method, `${path}?dry_run=1`, body)).status, status, path);
      }
    });

    it('are not made in earnest when the wish for that is misspelt', async () => {
      const input = { name: 'a', host: 'a.test' };
      const { status, body } = await api.call('POST', '/services?dry_run=yes', input);
      assert.deepEqual(body, { message: "dry_run must be 1, true, 0 or false, not 'yes'" });
      assert.equal(status, 400);
      assert.deepEqual(await services(), []);
    });

    it('are not made in earnest when the name of the wish is misspelt', async () => {
      const input = { name: 'a', host: 'a.test' };
      for (const name of ['dryrun', 'dry-run', 'Dry_Run', 'dry_rn', 'dyr_run', 'dry']) {
        const { status, body } = await api.call('POST', `/services?${name}=1`, input);
        const message = `unknown parameter '${name}'; did you mean 'dry_run'? Nothing was changed`;
        assert.deepEqual([status, body], [400, { message }]);
      }
      const twice = await api.call('POST', '/services?dry_run=0&dry_run=1', input);
      assert.equal(twice.status, 400);
      assert.deepEqual(await services(), []);
    });

    it('are made whatever else the query has', async () => {
      for (const query of ['x=1', 'skip_hash=true', 'tags=dry', 'run=1', 'dry_run=0']) {
        const input = { host: 'a.test' };
        assert.equal((await api.call('POST', `/services?${query}`, input)).status, 201, query);
      }
    });
  });
});

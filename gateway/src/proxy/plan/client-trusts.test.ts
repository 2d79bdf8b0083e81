import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PluginHandlers } from '../../plugin/plugin.ts';
import type { Change, RouteRecord } from '../../snapshot/records.ts';
import { NOTHING, type Compiled } from './compiled.ts';
import { after, Workshop } from './testing/workshop.ts';

/** Makes instances that ask for the authorities that their configurations name. */
class AskingWorkshop extends Workshop {
  override instance(...[record]: Parameters<Workshop['instance']>) {
    const made = super.instance(record);
    const { ids, partial = false } = record.config as { ids?: string[]; partial?: boolean };
    const handlers: PluginHandlers =
      ids === undefined ? {} : { clientAuthorities: { ids, partial } };
    return { ...made, handlers };
  }
}

const authority = (id: string, cert = `cert ${id}`): Change => ({
  kind: 'ca_certificates',
  op: 'put',
  record: { id, cert },
});
const route = (id: string, fields: Partial<RouteRecord>): Change => ({
  kind: 'routes',
  op: 'put',
  record: {
    ...{ id, protocols: ['https'], https_redirect_status_code: 426, regex_priority: 0 },
    ...{ strip_path: true, path_handling: 'v0', preserve_host: false },
    ...{ request_buffering: true, response_buffering: true, ...fields },
  },
});
const service: Change = {
  kind: 'services',
  op: 'put',
  record: {
    ...{ id: 's', protocol: 'http', host: 'origin.test', port: 80, retries: 5 },
    ...{ connect_timeout: 1000, write_timeout: 1000, read_timeout: 1000 },
  },
};
const plugin = (id: string, scope: object, config: Record<string, unknown>): Change => ({
  kind: 'plugins',
  op: 'put',
  record: { id, name: 'p', protocols: ['https'], config, ...scope },
});

describe('whom clients are asked for a certificate of', () => {
  const workshop = new AskingWorkshop();
  const compiledFrom = (...changes: Change[]): Compiled => after(NOTHING, workshop, changes);
  const asked = ({ clientTrusts }: Compiled, name: string): string =>
    clientTrusts.of(name)?.authorities.join() ?? 'nobody';

  it('is nobody as long as no plugin wants it', () => {
    const compiled = compiledFrom(authority('a'), route('r', {}), plugin('p', {}, {}));
    assert.ok(compiled.clientTrusts.isEmpty);
    assert.equal(asked(compiled, 'a.test'), 'nobody');
  });

  it('goes by the server names of a route, else its hosts, else is any', () => {
    const compiled = compiledFrom(
      ...[authority('a'), authority('b'), authority('c')],
      route('r1', { snis: ['a.test'], hosts: ['other.test'] }),
      route('r2', { hosts: ['B.test:8443', '*.wild.test', 'end.*'] }),
      ...[
        plugin('p1', { route: 'r1' }, { ids: ['a'] }),
        plugin('p2', { route: 'r2' }, { ids: ['b'] }),
      ],
    );
    for (const name of ['b.test', 'x.wild.test', 'x.y.wild.test', 'end.test', 'end.x.y']) {
      assert.equal(asked(compiled, name), 'cert b', name);
    }
    assert.equal(asked(compiled, 'a.test'), 'cert a');
    for (const name of ['other.test', 'wild.test', 'xwild.test', 'x.a.test', 'the.end.test']) {
      assert.equal(asked(compiled, name), 'nobody', name);
    }
    assert.equal(asked(compiled, ''), 'cert a,cert b');
    const everywhere = after(compiled, workshop, [
      route('r3', {}),
      plugin('p3', { route: 'r3' }, { ids: ['c'] }),
    ]);
    assert.equal(asked(everywhere, 'other.test'), 'cert c');
    assert.equal(asked(everywhere, 'a.test'), 'cert a,cert c');
  });

  it('goes by all routes of a service, also by those that come later', () => {
    const compiled = compiledFrom(
      ...[service, authority('a'), plugin('p', { service: 's' }, { ids: ['a'] })],
      ...[route('r1', { service: 's', hosts: ['a.test'] }), route('r2', { hosts: ['b.test'] })],
    );
    assert.equal(asked(compiled, 'a.test'), 'cert a');
    assert.equal(asked(compiled, 'b.test'), 'nobody');
    const next = after(compiled, workshop, [route('r2', { service: 's', hosts: ['b.test'] })]);
    assert.equal(asked(next, 'b.test'), 'cert a');
    const gone = after(next, workshop, [{ kind: 'plugins', op: 'delete', id: 'p' }]);
    assert.ok(gone.clientTrusts.isEmpty);
  });

  it('is anybody everywhere for a plugin without a scope', () => {
    const compiled = compiledFrom(authority('a'), plugin('p', {}, { ids: ['a'], partial: true }));
    assert.deepEqual(compiled.clientTrusts.of('x'), { authorities: ['cert a'], partial: true });
  });

  it('stays the same object until something about it changes', () => {
    const compiled = compiledFrom(
      ...[
        authority('a'),
        route('r', { hosts: ['a.test'] }),
        plugin('p', { route: 'r' }, { ids: ['a'] }),
      ],
    );
    const trust = compiled.clientTrusts.of('a.test');
    const next = after(compiled, workshop, [route('r2', { hosts: ['b.test'] }), authority('b')]);
    assert.equal(next.clientTrusts.of('a.test'), trust);
    const other = after(next, workshop, [authority('a', 'another')]);
    assert.equal(asked(other, 'a.test'), 'another');
  });

  it('forgets names that clients make up', () => {
    const compiled = compiledFrom(authority('a'), plugin('p', {}, { ids: ['a'] }));
    for (let i = 0; i < 5000; i++) assert.equal(asked(compiled, `${i}.test`), 'cert a');
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AdminApi, type Answer } from '../testing/admin-api.ts';

describe('a write that has less effect than its author may expect', () => {
  let api: AdminApi;

  beforeEach(async () => {
    api = await AdminApi.open();
  });
  afterEach(() => api.close());

  function warning({ headers }: Answer): string | null {
    return headers.get('x-sluice-warning');
  }

  it('says so in a header, and the body is what it always is', async () => {
    const made = await api.call('POST', '/services', { name: 's', host: 'a.test' });
    assert.equal(warning(made), null);
    const patched = await api.call('PATCH', '/services/s', { protocol: 'udp' });
    assert.equal(
      warning(patched),
      `"services.protocol: udp is not supported by Sluice yet: service 's' answers 503"`,
    );
    const { body } = await api.call('GET', '/services/s');
    assert.deepEqual(patched.body, body);
  });

  it('says so when it is only tried out', async () => {
    const path = '/services?dry_run=1';
    const { body } = await api.call('POST', path, { name: 's', host: 'a.test', protocol: 'udp' });
    const { warnings } = body as { warnings: string[] };
    assert.match(warnings.join(), /service 's' answers 503/);
    const fine = await api.call('POST', path, { name: 's', url: 'http://a.test' });
    assert.deepEqual((fine.body as { warnings: string[] }).warnings, []);
    assert.equal(warning(fine), null);
  });

  it('names an authority that is not there', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    const service = { url: 'https://a.test', name: 's', ca_certificates: [id] };
    assert.equal(
      warning(await api.call('POST', '/services', service)),
      `"there is no CA certificate with the id ${id}: service 's' trusts nobody by it"`,
    );
  });

  it('says nothing when it takes away what has no effect', async () => {
    await api.call('POST', '/services', { name: 's', host: 'a.test', protocol: 'udp' });
    assert.equal(warning(await api.call('DELETE', '/services/s')), null);
  });

  it('tells names of any letters in a header, which has none but those of ASCII', async () => {
    const answer = await api.call('POST', '/services', {
      name: 'süß',
      host: 'a.test',
      protocol: 'udp',
    });
    assert.match(warning(answer) ?? '', /service 's%C3%BC%C3%9F' answers 503"$/);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainListen } from '../../settings/listen-kinds.ts';
import { ClientAsking } from './client-asking.ts';

describe('ClientAsking', () => {
  const listen = plainListen({ host: '127.0.0.1', port: 1 });
  const asking = new ClientAsking({
    clientCertificates: 'off',
    clientCertificatesByName: [
      ['*.in.test', 'required'],
      ['open.in.test', 'off'],
      ['*.deep.in.test', 'optional'],
      ['o.in.test', 'off'],
      ['partners.*', 'required'],
    ],
  });

  it('takes a star for any number of labels', () => {
    assert.equal(asking.of(listen, 'a.in.test'), 'required');
    assert.equal(asking.of(listen, 'a.b.in.test'), 'required');
    assert.equal(asking.of(listen, 'partners.co.uk'), 'required');
    assert.equal(asking.of(listen, 'in.test'), 'off');
    assert.equal(asking.of(listen, ''), 'off');
  });

  it('goes by the name that is nearest', () => {
    assert.equal(asking.of(listen, 'open.in.test'), 'off');
    assert.equal(asking.of(listen, 'o.in.test'), 'off');
    assert.equal(asking.of(listen, 'a.deep.in.test'), 'optional');
  });

  it('knows hosts that ask for more than the connection was asked for, however long they are', () => {
    const long = `${'a.'.repeat(5000)}in.test`;
    assert.equal(asking.isEvadedBy(listen, long, 'off'), true);
    assert.equal(asking.isEvadedBy(listen, `${long}.`, 'optional'), true);
    assert.equal(asking.isEvadedBy(listen, long, 'required'), false);
    assert.equal(asking.isEvadedBy(listen, 'other.test', 'off'), false);
  });

  it('lets a name that asks for less speak for itself alone', () => {
    const strict = { ...listen, clientCertificates: 'required' as const };
    assert.equal(asking.of(strict, 'open.in.test'), 'off');
    assert.equal(asking.isEvadedBy(strict, 'open.in.test', 'off'), false);
    assert.equal(asking.isEvadedBy(strict, 'other.test', 'off'), true);
  });
});

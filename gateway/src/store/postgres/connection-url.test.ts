import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { readConnectionUrl } from './connection-url.ts';

describe('the URL of a database', () => {
  it('says where it is and who connects', () => {
    const options = readConnectionUrl('postgres://ada:p%40ss@db.test:6432/orders');
    assert.equal(options.host, 'db.test');
    assert.equal(options.port, 6432);
    assert.equal(options.database, 'orders');
    assert.equal(options.user, 'ada');
    assert.equal(options.password, 'p@ss');
  });

  it('may name a socket, an IPv6 address, or nothing much', () => {
    assert.equal(
      readConnectionUrl('postgres:///orders?host=/run/postgresql').host,
      '/run/postgresql',
    );
    assert.equal(readConnectionUrl('postgresql://[::1]/orders').host, '::1');
    const { host, port, database, user } = readConnectionUrl('postgres://localhost');
    assert.deepEqual([host, port, database, user], ['localhost', 5432, 'sluice', undefined]);
  });

  it('is verified in full when it leads off the machine and says nothing else', () => {
    const ssl = (url: string) => readConnectionUrl(url).ssl;
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      assert.equal(ssl(`postgres://${host}/x`), false);
    }
    assert.equal(ssl('postgres:///x?host=/run/postgresql'), false);
    const remote = ssl('postgres://db.test/x');
    assert.ok(remote !== false && remote.rejectUnauthorized);
    assert.equal(ssl('postgres://db.test/x?sslmode=disable'), false);
    const required = ssl('postgres://db.test/x?sslmode=require');
    assert.ok(required !== false && !required.rejectUnauthorized);
  });

  it('sets timeouts', () => {
    const text = 'postgres://localhost/x?connect_timeout=2&statement_timeout=1500';
    const { connectionTimeoutMillis, statement_timeout } = readConnectionUrl(text);
    assert.deepEqual([connectionTimeoutMillis, statement_timeout], [2000, 1500]);
  });

  it('is refused with what is wrong, and without its password', () => {
    const bad: readonly (readonly [string, RegExp])[] = [
      ['mysql://x', /begins with postgres/],
      ['postgres://a:s3cret@h/x?ssl=true', /parameter 'ssl'/],
      ['postgres://a:s3cret@h/x?sslmode=prefer', /without encryption unnoticed/],
      ['postgres://a:s3cret@h/x?sslmode=on', /verify-full/],
      ['postgres://a:s3cret@h/x?sslmode=require&sslrootcert=/nowhere', /cannot be read \(ENOENT\)/],
      ['postgres://a:s3cret@h/x?connect_timeout=0', /connect_timeout=0/],
    ];
    for (const [url, message] of bad) {
      assert.throws(
        () => readConnectionUrl(url),
        (error) =>
          error instanceof OperatorError &&
          message.test(error.message) &&
          !error.message.includes('s3cret'),
        url,
      );
    }
  });
});

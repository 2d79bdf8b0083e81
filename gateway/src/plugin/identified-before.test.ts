import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { IdentifiedBefore } from './identified-before.ts';
import type { ConsumerInfo, CredentialInfo } from './plugin.ts';
import { TestDirectory } from './testing/test-directory.ts';
import { TestExchange } from './testing/test-exchange.ts';

describe('Who was identified before', () => {
  let directory: TestDirectory;
  let ada: ConsumerInfo;
  let credential: CredentialInfo;
  let before: IdentifiedBefore<CredentialInfo>;

  const exchange = (): TestExchange => new TestExchange({}, 0);

  beforeEach(() => {
    directory = new TestDirectory();
    ada = directory.addConsumer({ username: 'ada' });
    credential = directory.addCredential('hmacauth_credentials', 'ada', ada);
    before = new IdentifiedBefore({ directory, now: () => 0 });
    const ex = exchange();
    ex.authenticate(ada, credential, 'ada');
    before.note(ex, credential);
  });

  it('is the same again', () => {
    const ex = exchange();
    assert.ok(before.authenticate(ex, credential));
    assert.equal(ex.consumer, ada);
    assert.equal(ex.credential, credential);
    assert.match(ex.identity.lines, /X-Credential-Identifier: ada\r\n$/);
  });

  it('is nobody by anything else, be it equal', () => {
    const ex = exchange();
    assert.equal(before.authenticate(ex, { ...credential }), false);
    assert.equal(ex.consumer, null);
  });

  it('is looked up again once anything has changed', () => {
    directory.removeConsumer(ada);
    const ex = exchange();
    assert.equal(before.authenticate(ex, credential), false);
    assert.equal(ex.consumer, null);
  });
});

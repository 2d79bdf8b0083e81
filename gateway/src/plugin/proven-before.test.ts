import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { authenticatedGroups } from './authentication.ts';
import type { ConsumerInfo, CredentialInfo } from './plugin.ts';
import { ProvenBefore } from './proven-before.ts';
import { TestDirectory } from './testing/test-directory.ts';
import { TestExchange } from './testing/test-exchange.ts';

const PROOF = 'Basic YWRhOnNlY3JldA==';

describe('What was proven before', () => {
  let directory: TestDirectory;
  let ada: ConsumerInfo;
  let credential: CredentialInfo;
  let now: number;
  let before: ProvenBefore;

  const exchange = (): TestExchange => new TestExchange({}, now);
  const passes = (proof = PROOF): boolean => before.pass(exchange(), proof);
  function prove(until = Infinity, groups: readonly string[] | null = null): void {
    const ex = exchange();
    ex.authenticate(ada, credential, 'ada');
    ex.addUpstreamLines('X-Scope: read\r\n');
    before.note(ex, PROOF, until, groups);
  }

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    now = 1_000_000;
    directory = new TestDirectory();
    ada = directory.addConsumer({ username: 'ada' });
    credential = directory.addCredential('basicauth_credentials', 'ada', ada);
    before = new ProvenBefore({ directory, now: () => now });
  });

  // Whatever a test leaves at hand is forgotten before the next one.
  afterEach(() => {
    mock.timers.tick(4000);
    mock.timers.reset();
  });

  it('lets the same pass again, as the same', () => {
    prove();
    const ex = exchange();
    assert.ok(before.pass(ex, PROOF));
    assert.equal(ex.consumer, ada);
    assert.equal(ex.credential, credential);
    assert.match(ex.identity.lines, /X-Credential-Identifier: ada\r\nX-Scope: read\r\n$/);
    assert.equal(authenticatedGroups(ex), undefined);
  });

  it('brings the groups along that came with it', () => {
    prove(Infinity, ['staff']);
    const ex = exchange();
    before.pass(ex, PROOF);
    assert.deepEqual(authenticatedGroups(ex), ['staff']);
  });

  it('lets nothing else pass', () => {
    prove();
    for (const other of [`${PROOF} `, PROOF.slice(0, -1), PROOF.toLowerCase(), '']) {
      assert.equal(passes(other), false);
    }
  });

  it('counts until it expires and no longer', () => {
    prove(now + 1000);
    now += 999;
    assert.ok(passes());
    now += 1;
    assert.equal(passes(), false);
  });

  const changes: [string, () => void][] = [
    ['a credential goes', () => directory.removeCredential('basicauth_credentials', 'ada')],
    ['a consumer goes', () => directory.removeConsumer(ada)],
    ['a credential comes', () => void directory.addCredential('jwt_secrets', 'ada', ada)],
    ['a consumer comes', () => void directory.addConsumer({ username: 'bob' })],
  ];
  for (const [what, change] of changes) {
    it(`counts no longer once ${what}`, () => {
      prove();
      assert.ok(passes());
      change();
      assert.equal(passes(), false);
    });
  }

  it('counts for one instance alone', () => {
    prove();
    assert.equal(new ProvenBefore({ directory, now: () => now }).pass(exchange(), PROOF), false);
  });

  it('is forgotten after a few seconds, whether it is used or not', () => {
    prove();
    mock.timers.tick(3999);
    assert.ok(passes());
    mock.timers.tick(1);
    assert.equal(passes(), false);
  });

  it('takes no room where it counts no more', () => {
    for (let i = 0; i < 10; i++) {
      const ex = exchange();
      ex.authenticate(ada, credential);
      before.note(ex, `${i}`.padEnd(500_000, '.'), now);
    }
    prove();
    assert.ok(passes());
  });

  it('takes no more room than there is, and displaces nobody', () => {
    prove();
    for (let i = 0; i < 10; i++) {
      const ex = exchange();
      ex.authenticate(ada, credential);
      before.note(ex, `${i}`.padEnd(500_000, '.'), Infinity);
    }
    assert.ok(passes());
    assert.ok(passes('0'.padEnd(500_000, '.')));
    assert.equal(passes('9'.padEnd(500_000, '.')), false);
  });
});

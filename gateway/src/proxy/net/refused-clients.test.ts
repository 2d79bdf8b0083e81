import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RefusedClients } from './refused-clients.ts';

describe('The log of refused clients', () => {
  it('says who and why, on one line', () => {
    const refused = new RefusedClients();
    assert.equal(
      refused.line('203.0.113.9', 'CERT_HAS_EXPIRED', 'O=Partner\nCN=till\u009b 7', 0),
      'refused the client 203.0.113.9: no authority vouches for its certificate "O=Partner, CN=till\\u009b 7" (CERT_HAS_EXPIRED)',
    );
  });

  it('counts those that come fast', () => {
    const refused = new RefusedClients();
    refused.line('203.0.113.9', '', null, 0);
    assert.equal(refused.line('203.0.113.9', '', null, 1), null);
    assert.equal(refused.line('203.0.113.9', '', null, 999), null);
    assert.equal(
      refused.line('203.0.113.9', '', null, 1000),
      'refused the client 203.0.113.9: it showed no certificate, which is required; 2 more since the last such line',
    );
    assert.doesNotMatch(refused.line('203.0.113.9', '', null, 2000) ?? '', /more/);
  });
});

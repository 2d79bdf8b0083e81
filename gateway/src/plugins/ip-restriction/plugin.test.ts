import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StreamConnection } from '../../plugin/plugin.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import { ipRestriction } from './plugin.ts';

function send(config: object, clientIp: string) {
  const gateway = new TestGateway();
  return gateway.send([gateway.configure(ipRestriction, config)], { clientIp });
}

async function passes(config: object, clientIp: string): Promise<boolean> {
  return (await send(config, clientIp)).upstreamRequest !== null;
}

describe('ip-restriction', () => {
  it('lets those pass that are allowed, and nobody else', async () => {
    const config = { allow: ['10.0.0.0/8', '::1'] };
    assert.ok(await passes(config, '10.1.2.3'));
    assert.ok(await passes(config, '::1'));
    assert.ok(!(await passes(config, '11.1.2.3')));
    assert.ok(!(await passes(config, '::2')));
  });

  it('keeps those out that are denied, and nobody else', async () => {
    const config = { deny: ['10.0.0.0/8'] };
    assert.ok(!(await passes(config, '10.1.2.3')));
    assert.ok(await passes(config, '11.1.2.3'));
    assert.ok(await passes(config, '::1'));
  });

  it('lets deny win over allow', async () => {
    const config = { allow: ['10.0.0.0/8'], deny: ['10.6.6.6'] };
    assert.ok(await passes(config, '10.6.6.5'));
    assert.ok(!(await passes(config, '10.6.6.6')));
  });

  it('takes an empty list for none', async () => {
    assert.ok(await passes({ allow: [], deny: ['10.6.6.6'] }, '10.6.6.5'));
  });

  it('tells a client its address', async () => {
    const { response } = await send({ deny: ['10.6.6.6'] }, '10.6.6.6');
    assert.equal(response.status, 403);
    assert.match(response.body, /"message":"IP address not allowed: 10\.6\.6\.6"/);
  });

  it('answers with the status and message that are configured', async () => {
    const config = { deny: ['10.6.6.6'], status: 418, message: 'not you' };
    const { response } = await send(config, '10.6.6.6');
    assert.equal(response.status, 418);
    assert.match(response.body, /"message":"not you"/);
  });

  it('answers with 403 in place of what is no status', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(ipRestriction, { deny: ['0.0.0.0/0'], status: 99 });
    assert.equal((await gateway.send([plugin])).response.status, 403);
    assert.equal(gateway.log[0]?.level, 'warn');
  });

  it('refuses a peer without an address', async () => {
    for (const config of [{ allow: ['0.0.0.0/0', '::/0'] }, { deny: ['10.6.6.6'] }]) {
      const { response } = await send(config, 'unix:');
      assert.equal(response.status, 403);
      assert.match(response.body, /unix domain sockets are not supported/);
    }
  });
});

describe('ip-restriction for streams', () => {
  function isRefused(config: object, clientIp: string): boolean {
    const { handlers } = new TestGateway().configure(ipRestriction, config);
    let refused = false;
    const stream: StreamConnection = {
      ...{ id: '0', clientIp, clientPort: 40_000, protocol: 'tcp', sni: '', refused },
      ...{ route: { id: 'r', name: null }, service: null },
      refuse: () => (refused = true),
    };
    handlers.connect?.(stream);
    return refused;
  }

  it('decides as it does for requests', () => {
    const config = { allow: ['10.0.0.0/8'], deny: ['10.6.6.6'] };
    assert.ok(!isRefused(config, '10.6.6.5'));
    assert.ok(isRefused(config, '10.6.6.6'));
    assert.ok(isRefused(config, '11.0.0.1'));
    assert.ok(isRefused(config, 'unix:'));
  });
});

describe('ip-restriction configuration', () => {
  it('needs one of allow and deny', () => {
    assert.throws(
      () => new TestGateway().configure(ipRestriction, {}),
      /at least one of these fields must be non-empty: 'config.allow', 'config.deny'/,
    );
  });

  it('refuses what is no address and no block in the words of Kong, whatever it is', () => {
    const gateway = new TestGateway();
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\d.:a-f%[\]/]{1,30}$/),
      fc.tuple(fc.ipV4(), fc.string({ maxLength: 4 })).map((parts) => parts.join('/')),
      fc.tuple(fc.ipV6(), fc.string({ maxLength: 4 })).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(text, (entry) => {
        try {
          gateway.configure(ipRestriction, { deny: [entry] });
        } catch (error) {
          assert.match(String(error), /invalid ip or cidr range|length must be at least 1/);
        }
      }),
      { seed: 20261127, numRuns: 1000 },
    );
  });
});

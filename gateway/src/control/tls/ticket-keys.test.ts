import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Folder } from '../../../../test/support/openssl.ts';
import { openGatewayLog } from '../gateway-log.ts';
import { TicketKeys, ticketKeyAt } from './ticket-keys.ts';

const HOUR = 3_600_000;
const log = openGatewayLog({ level: 'error' });

describe('the keys of session tickets', () => {
  const folder = new Folder();
  let changes = 0;
  beforeEach(() => {
    changes = 0;
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 10 * HOUR + 1 });
  });
  afterEach(() => mock.timers.reset());

  function keysOf(file: string | null): TicketKeys {
    return new TicketKeys(file, () => changes++, log);
  }

  it('are others each hour, and those of the hour before still count', () => {
    const keys = keysOf(null);
    const first = keys.current;
    assert.equal(first.length, 1, 'there is no hour before the start');
    mock.timers.tick(HOUR);
    const second = keys.current;
    assert.equal(changes, 1);
    assert.deepEqual(second[1], first[0]);
    assert.notDeepEqual(second[0], first[0]);
    mock.timers.tick(HOUR);
    assert.deepEqual(keys.current.slice(1), second.slice(0, 1));
    keys.close();
  });

  it('follow from a secret and the hour alone, so that nodes have the same', () => {
    const secret = Buffer.alloc(32, 7);
    const file = folder.at('secret');
    writeFileSync(file, secret);
    const keys = keysOf(file);
    const expected = [10, 9].map((hour) => ticketKeyAt(secret, hour * HOUR));
    assert.deepEqual(keys.current, expected);
    keys.close();
    folder.remove();
  });
});

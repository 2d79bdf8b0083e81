import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReceiveWindow } from './receive-window.ts';

describe('a window for what arrives', () => {
  it('is kept to as long as no more comes than it holds', () => {
    const window = new ReceiveWindow(100);
    assert.equal(window.debit(60), true);
    assert.equal(window.debit(40), true);
    assert.equal(window.debit(1), false);
  });

  it('opens by what was taken, once that is half of it', () => {
    const window = new ReceiveWindow(100);
    window.debit(100);
    window.credit(49);
    assert.equal(window.open(), 0);
    window.credit(1);
    assert.equal(window.open(), 50);
    assert.equal(window.open(), 0);
    assert.equal(window.debit(50), true);
    assert.equal(window.debit(1), false);
  });
});

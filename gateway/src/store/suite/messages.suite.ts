import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../../../test/support/until.ts';
import type { OpenStore } from '../store.suite.ts';

export function messagesSuite(open: OpenStore): void {
  describe('messages', () => {
    it('reach whoever hears, the sender too, until that ends', async () => {
      const store = await open();
      const heard: string[] = [];
      const end = store.hear((message) => void heard.push(`one ${message}`));
      store.hear((message) => void heard.push(`two ${message}`));
      // Where nodes listen on a connection, it may not be there yet.
      await until('somebody hears', async () => {
        await store.send('ready');
        return heard.length > 0;
      });
      const text = "it's Zoë; 100 %";
      await store.send(text);
      await until('two hear', () => heard.includes(`two ${text}`));
      assert.ok(heard.includes(`one ${text}`));
      end();
      await store.send('last');
      await until('two hear the last', () => heard.includes('two last'));
      assert.ok(!heard.includes('one last'));
    });
  });
}

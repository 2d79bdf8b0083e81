import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { onEveryStore } from '../support/stores.ts';
import { Deck } from './deck.ts';
import type { Content } from './state-file.ts';

const content: Content = {
  _format_version: '3.0',
  services: [
    {
      name: 'orders',
      url: 'http://orders.internal',
      routes: [
        {
          name: 'new',
          expression: 'http.path ^= "/orders" && http.method == "POST"',
          priority: 10,
        },
        { name: 'all', expression: 'http.path ^= "/orders"' },
        { name: 'classic', paths: ['/old-orders'] },
      ],
    },
  ],
};

onEveryStore('decK where expressions are chosen', (home) => {
  let gateway: Gateway;
  let client: AdminClient;
  let deck: Deck;
  before(async () => {
    const flags = ['--router-flavor', 'expressions'];
    gateway = await startGateway({ ...(await home.newPlace()), flags });
    client = new AdminClient(gateway.adminPort);
    deck = new Deck(client);
  });
  after(async () => {
    client?.close();
    await gateway?.stop();
  });

  it('syncs routes with expressions beside others, and then finds no difference', async () => {
    const events = await deck.sync(content);
    assert.deepEqual(new Set(events.map(({ operation }) => operation)), new Set(['create']));
    assert.deepEqual(await deck.diff(content), []);
    const routes = await client.list('/routes');
    const shown = routes.map(({ name, expression, priority }) => [name, expression, priority]);
    assert.deepEqual(
      new Map(shown.map(([name, ...rest]) => [name, rest])),
      new Map([
        ['new', ['http.path ^= "/orders" && http.method == "POST"', 10]],
        ['all', ['http.path ^= "/orders"', 0]],
        ['classic', [null, 0]],
      ]),
    );
  });

  it('dumps what it has synced', async () => {
    assert.deepEqual(await deck.dump(), await deck.complete(content));
  });
});

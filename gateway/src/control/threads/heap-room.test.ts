import assert from 'node:assert/strict';
import { it } from 'node:test';
import { lackOfRoom } from './heap-room.ts';

const MIB = 2 ** 20;

it('says when a configuration will hardly fit into memory, and what to do then', () => {
  const heap = { used_heap_size: 12 * MIB, heap_size_limit: 1000 * MIB };
  assert.equal(lackOfRoom(10 * MIB, heap), undefined);
  assert.equal(
    lackOfRoom(100 * MIB, heap),
    'loading a configuration of 100 MiB may take 1512 MiB of memory, but no more than 1000 MiB may be ' +
      'used: set NODE_OPTIONS=--max-old-space-size=1512',
  );
});

it('counts what is in use already, such as the configuration before', () => {
  const heap = { used_heap_size: 900 * MIB, heap_size_limit: 1000 * MIB };
  assert.match(lackOfRoom(10 * MIB, heap) ?? '', /may take 1050 MiB/);
});

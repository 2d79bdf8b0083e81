import { once } from 'node:events';
import type net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Random } from '../../../../../test/fuzz/random.ts';

/** Bytes that each sender sends: more than the system holds for who does not read. */
export const MUCH = 16 * 1024 * 1024;

/** The byte at a place of what is sent. */
const byteAt = (place: number): number => (place * 2_654_435_761) >>> 24;

/** Sends all of it in pieces of any size, as fast as it is taken, and then its end. */
export async function sendMuch(to: net.Socket, random: Random): Promise<void> {
  for (let sent = 0; sent < MUCH;) {
    const length = Math.min(random.pick([1, 100, 65_536, 300_000]), MUCH - sent);
    const piece = Buffer.alloc(length);
    for (let i = 0; i < length; i++) piece[i] = byteAt(sent + i);
    sent += length;
    if (!to.write(piece)) await once(to, 'drain');
    else if (random.chance(0.3)) await turn();
  }
  to.end();
}

/**
 * Holds what was read against what is sent.
 *
 * @param place of its first byte
 * @throws Error when a byte is another
 */
export function checkRead(bytes: Uint8Array, length: number, place: number): void {
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== byteAt(place + i)) throw new Error(`another byte at ${place + i}`);
  }
}

/** Runs something in any of the ways in which that happens later. */
export function later(random: Random, run: () => void): void {
  const when = random.pick(['microtask', 'immediate', 'timer'] as const);
  if (when === 'microtask') queueMicrotask(run);
  else if (when === 'immediate') setImmediate(run);
  else setTimeout(run, random.below(5));
}

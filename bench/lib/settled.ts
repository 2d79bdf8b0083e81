import { setTimeout as delay } from 'node:timers/promises';
import { residentBytesOf } from './procfs.ts';

/** Memory that has changed by less than this share for a while has settled. */
const STEADY = 0.005;
const PAUSE = 1000;
const LOOKS = 60;
/** Looks without a change: what a reload leaves behind is collected some seconds later. */
const CALM = 5;

/** Resident memory of a process once it does not change any more, bytes. */
export async function settledBytes(pid: number): Promise<number> {
  let last = residentBytesOf(pid);
  let calm = 0;
  for (let look = 0; look < LOOKS && calm < CALM; look++) {
    await delay(PAUSE);
    const bytes = residentBytesOf(pid);
    calm = Math.abs(bytes - last) < last * STEADY ? calm + 1 : 0;
    last = bytes;
  }
  return last;
}

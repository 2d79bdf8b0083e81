import { FRAME_HEADER, FRAME_SIZE } from './frames.ts';

/** Shorter frames get memory of their own: it costs no more than the copy, bytes. */
const SHORT = 4096;
/** As long as the longest frame that everybody takes, bytes. */
const ROOM = FRAME_HEADER + FRAME_SIZE;
/** Pieces of memory kept for reuse. */
const MOST_SPARE = 32;

const spare: Buffer[] = [];

/**
 * Memory in which a frame of so many bytes can be put together; it may be longer. Bodies come in frames
 * of which hardly one ends where a read ends, so that fresh memory for each would leave as much to the
 * collector as all bodies have bytes.
 */
export function memoryForFrame(length: number): Buffer {
  if (length <= SHORT || length > ROOM) return Buffer.allocUnsafeSlow(length);
  return spare.pop() ?? Buffer.allocUnsafeSlow(ROOM);
}

/** Nobody looks at it any more. */
export function giveBackFrameMemory(memory: Buffer): void {
  if (memory.length === ROOM && spare.length < MOST_SPARE) spare.push(memory);
}

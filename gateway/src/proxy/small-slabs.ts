/**
 * How much memory short buffers share, bytes. Node cuts those of up to half of this out of one slab,
 * which is there for as long as one of them is.
 */
const SLAB = 8 * 1024;

/**
 * Lets short buffers of this thread share less than the 64 KiB that Node has them share. What a thread
 * copies, it copies to keep: the beginnings of bodies, whatever a client does not take yet. Some of it
 * stays for as long as a peer is slow, and with it, of a large slab, what a hundred quick exchanges had.
 */
export function useSmallSlabs(): void {
  Buffer.poolSize = SLAB;
}

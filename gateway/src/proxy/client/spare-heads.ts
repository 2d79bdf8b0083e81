import { RequestHead } from '../http1/request-head.ts';

/** Heads kept for reuse. */
const MOST = 64;

/**
 * Heads of connections that have ended, for those that begin: what a head counts its fields in is memory
 * of its own, which takes longer to get and to give back than all else of a connection's objects.
 */
export class SpareHeads {
  private readonly spare: RequestHead[] = [];

  take(): RequestHead {
    return this.spare.pop() ?? new RequestHead();
  }

  /** @param head that nobody looks at any more: nothing of what stands in it is kept */
  giveBack(head: RequestHead): void {
    if (this.spare.length === MOST) return;
    head.clear();
    this.spare.push(head);
  }
}

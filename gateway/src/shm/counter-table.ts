/**
 * Counters of fixed windows in memory that all threads of a node share. `limit` and check are one
 * atomic step: however many threads race, no window passes its limit, and a refused request counts
 * nothing.
 */
export interface CounterTable {
  /**
   * Adds one to every given window, or to none if one of them is at its limit.
   *
   * @param key identifies who and what is counted; windows of one key are kept apart by their index
   * @param limits highest count of each window
   * @param starts start of each window, ms since the epoch
   * @param ends end of each window, ms since the epoch: the slot may be reused after it
   * @param now ms since the epoch
   * @param counts out: requests counted in each window, this one included where it was counted
   * @returns index of the first window that refused, -1 when all were counted, -2 when the table is full
   */
  take(
    key: string,
    limits: readonly number[],
    starts: readonly number[],
    ends: readonly number[],
    now: number,
    counts: number[],
  ): number;
}

import type { GatewayLog } from './gateway-log.ts';

/** How long the store may take to be closed, ms. */
const LONGEST = 3000;

/** Waits until the store is closed; a database that does not answer must not keep the node from ending. */
export async function closedInTime(
  closing: Promise<void> | undefined,
  log: GatewayLog,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), LONGEST);
  if ((await Promise.race([closing, late])) === 'late') {
    log.warn('the store of the configuration could not be closed in order');
  }
  clearTimeout(timer);
}

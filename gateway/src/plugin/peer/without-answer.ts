import type { Exchange } from '../exchange.ts';
import { PeerFailure } from './failure.ts';
import type { PeerEnv } from './peer-state.ts';

/** What to do with requests about which a peer has not decided. */
export interface WithoutAnswerOptions {
  /** Label of the peer in the metrics. */
  readonly peer: string;
  readonly onFailure: 'closed' | 'open';
  /** What the client is told where the request does not pass. */
  readonly message: string;
}

/**
 * Concludes a request about which a peer has not decided, and counts that. Only an outage of the peer
 * opens: other failures a client may bring about.
 *
 * @returns whether the request passes; where it does not, it has been answered with 503, also where
 *   there is an anonymous consumer, since what it carries may be right
 * @throws what is no failure of a peer
 */
export function passesWithoutAnswer(
  ex: Exchange,
  error: unknown,
  { peer, onFailure, message }: WithoutAnswerOptions,
  { metrics }: Pick<PeerEnv, 'metrics'>,
): boolean {
  if (!(error instanceof PeerFailure)) throw error;
  const decision = error.isOutage ? onFailure : 'closed';
  metrics.decidedWithout(peer, decision);
  if (decision === 'open') return true;
  ex.error(503, message, { 'Retry-After': '5' });
  return false;
}

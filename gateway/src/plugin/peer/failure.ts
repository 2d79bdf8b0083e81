/**
 * How a call of a peer ended, as the metrics have it: `answered`; no answer within the time
 * (`timeout`); no connection, or one that broke off (`no_connection`); an answer that cannot be used
 * (`bad_answer`); it was not asked since too many requests wait for it already (`too_many`), or since
 * it has not answered lately (`resting`).
 */
export type PeerOutcome =
  'answered' | 'bad_answer' | 'no_connection' | 'resting' | 'timeout' | 'too_many';

/** Why a peer has not said what it was asked. The message is a few words for an operator. */
export class PeerFailure extends Error {
  readonly outcome: Exclude<PeerOutcome, 'answered'>;

  constructor(outcome: PeerFailure['outcome'], reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.outcome = outcome;
  }
}

/** The failure of an answer that makes no sense to whoever asked. */
export function badAnswer(reason: string, cause?: unknown): PeerFailure {
  return new PeerFailure('bad_answer', reason, { cause });
}

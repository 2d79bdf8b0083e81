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
  /** Of the answer, where that is what is wrong with it. */
  readonly status: number | null;

  constructor(
    outcome: PeerFailure['outcome'],
    reason: string,
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super(reason, options);
    this.outcome = outcome;
    this.status = options?.status ?? null;
  }

  /**
   * Whether the peer fails whoever asks. A client can bring about an answer that says that a question
   * is bad, or too many questions: nobody is to get in by that.
   */
  get isOutage(): boolean {
    if (this.status !== null) return this.status >= 500;
    return this.outcome !== 'bad_answer' && this.outcome !== 'too_many';
  }
}

/** The failure of an answer that makes no sense to whoever asked. */
export function badAnswer(reason: string, cause?: unknown): PeerFailure {
  return new PeerFailure('bad_answer', reason, { cause });
}

/** The failure of an answer whose status says nothing to whoever asked. */
export function badStatus(status: number): PeerFailure {
  return new PeerFailure('bad_answer', `the answer has the status ${status}`, { status });
}

/** Seconds; 0 for any time. */
export interface Timeouts {
  readonly idling: number;
  readonly rolling: number;
  readonly absolute: number;
}

/** Seconds since the epoch. */
export interface Moments {
  /** When it began. */
  readonly created: number;
  /** When it was replaced last. */
  readonly renewed: number;
  /** When its use was noted last. */
  readonly touched: number;
}

/** What is left until each end, s; Infinity where there is none. */
export interface TimeLeft {
  readonly idling: number;
  readonly rolling: number;
  readonly absolute: number;
  /** Until the first of them. */
  readonly first: number;
}

/** Use is not noted more often than this, s: each time the client gets a cookie. */
const NOTED_AFTER = 60;
const PART = 0.75;

export function timeLeft(moments: Moments, timeouts: Timeouts, now: number): TimeLeft {
  const left = (begin: number, timeout: number): number =>
    timeout > 0 ? begin + timeout - now : Infinity;
  const idling = left(moments.touched, timeouts.idling);
  const rolling = left(moments.renewed, timeouts.rolling);
  const absolute = left(moments.created, timeouts.absolute);
  return { idling, rolling, absolute, first: Math.min(idling, rolling, absolute) };
}

/** What is due of a session that is used now. */
export function dueOf(
  { renewed, touched }: Moments,
  { rolling, idling }: Timeouts,
  now: number,
): 'renewal' | 'note' | null {
  if (rolling > 0 && now - renewed > rolling * PART) return 'renewal';
  if (idling > 0 && now - touched > Math.min(NOTED_AFTER, idling * PART)) return 'note';
  return null;
}

import { claimOf, type Claims } from './token.ts';

/** The claims of a token that depend on the moment. */
export interface Times {
  readonly exp: unknown;
  readonly nbf: unknown;
  readonly iat: unknown;
}

export function timesOf(claims: Claims): Times {
  return {
    exp: claimOf(claims, 'exp'),
    nbf: claimOf(claims, 'nbf'),
    iat: claimOf(claims, 'iat'),
  };
}

export interface TimeRules {
  /** Whether `exp` must be there and lie in the future. */
  readonly exp: boolean;
  /** The same for `nbf` and the past; `present` where it need not be there. */
  readonly nbf: boolean | 'present';
  /** Whether `iat` may lie in the future. */
  readonly futureIat: boolean;
  /** Seconds from now to `exp` at most; 0 for any. */
  readonly mostExp: number;
  /** Seconds by which clocks may differ. */
  readonly leeway: number;
}

/** Clocks are off by a little everywhere, s. */
const IAT_TOLERANCE = 60;

/**
 * What is wrong with the times of a token, by claim; null when nothing is.
 *
 * @param now seconds since the epoch
 */
export function timeFaults(
  { exp, nbf, iat }: Times,
  rules: TimeRules,
  now: number,
): Record<string, string> | null {
  const { leeway } = rules;
  const faults: Record<string, string> = {};
  if (rules.nbf === true || (rules.nbf === 'present' && nbf !== undefined)) {
    if (typeof nbf !== 'number') faults.nbf = 'must be a number';
    else if (nbf > now + leeway) faults.nbf = 'token not valid yet';
  }
  if (rules.exp) {
    if (typeof exp !== 'number') faults.exp = 'must be a number';
    else if (exp <= now - leeway) faults.exp = 'token expired';
  }
  if (!rules.futureIat && typeof iat === 'number' && iat > now + IAT_TOLERANCE + leeway) {
    faults.iat = 'token issued in the future';
  }
  for (const _claim in faults) return faults;
  if (rules.mostExp > 0 && (typeof exp !== 'number' || exp - now > rules.mostExp)) {
    return { exp: 'exceeds maximum allowed expiration' };
  }
  return null;
}

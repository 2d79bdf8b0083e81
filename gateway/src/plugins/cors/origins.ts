import { wholePattern, type LinearPattern } from '../../plugin/linear-pattern.ts';

export const ANY = '*';

/** Which origins a browser may be told that they may read responses. */
export interface Origins {
  /** Whether the answer may be another for another origin, so that caches have to tell them apart. */
  readonly vary: boolean;
  /**
   * @param origin as the client sent it
   * @returns the origin to allow, `ANY`, or null for none
   */
  find(origin: string | undefined): string | null;
}

/** @param listed as configured; empty for every origin */
export function compileOrigins(listed: readonly string[]): Origins {
  const [first = ANY] = listed;
  if (listed.length <= 1) {
    if (first === ANY) return { vary: false, find: () => ANY };
    // A browser compares it with its own: the answer need not depend on who asks.
    if (!isPattern(first)) return { vary: true, find: () => first };
  }
  if (listed.includes(ANY)) {
    return { vary: true, find: (origin) => (origin === undefined ? null : ANY) };
  }
  const criteria = listed.map(compileCriterion);
  return {
    vary: true,
    find(origin) {
      if (origin === undefined || origin.length > LONGEST) return null;
      const asking = readOrigin(origin);
      return criteria.some((accepts) => accepts(asking)) ? asking.text : null;
    },
  };
}

/** Characters of the longest origin that is compared: names of hosts have at most 253. */
const LONGEST = 512;

interface Origin {
  /** Scheme, host and port, without a port that goes without saying. */
  readonly text: string;
  readonly host: string;
}

type Criterion = (origin: Origin) => boolean;

function compileCriterion(listed: string): Criterion {
  if (!isPattern(listed)) {
    const { text } = readOrigin(listed);
    return (origin) => origin.text === text;
  }
  const pattern: LinearPattern = wholePattern(listed);
  // What names no scheme is about hosts alone.
  return listed.includes(':')
    ? (origin) => pattern.test(origin.text)
    : (origin) => pattern.test(origin.host);
}

/** Whether an entry is a regular expression: it has what occurs in no origin. */
export function isPattern(listed: string): boolean {
  return listed !== ANY && /[^A-Za-z0-9.:/-]/.test(listed);
}

/** Takes an origin apart. What is none, such as `null`, is compared as it stands. */
export function readOrigin(origin: string): Origin {
  const [, scheme, authority = ''] = /^(?:([a-z\d][a-z\d+.-]*):)?\/\/([^/?#]+)/i.exec(origin) ?? [];
  const address = authority.slice(authority.indexOf('@') + 1);
  const [portPart = '', port = ''] = /:([^:\]]*)$/.exec(address) ?? [];
  const host = address.slice(0, address.length - portPart.length);
  if (host === '') return { text: origin, host: origin };
  const usual = (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443');
  const text = (scheme === undefined ? '' : `${scheme}://`) + host + (usual ? '' : portPart);
  return { text, host };
}

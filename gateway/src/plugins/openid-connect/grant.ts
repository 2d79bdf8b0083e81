import { badAnswer } from '../../plugin/peer/failure.ts';

/** What a token endpoint gives. */
export interface Grant {
  readonly access: string;
  readonly refresh: string | null;
  readonly id: string | null;
  /** How long the access token counts, s; null where the provider does not say. */
  readonly lifetime: number | null;
  /** What was granted; null for all that was asked for. */
  readonly scope: string | null;
}

/** Access tokens do not last longer than this, whatever is said of them, s. */
const LONGEST = 365 * 86_400;

/**
 * Reads the answer of a token endpoint.
 *
 * @throws PeerFailure
 */
export function grantIn(json: unknown): Grant {
  const fields = (typeof json === 'object' && json !== null ? json : {}) as Fields;
  const access = textIn(fields.access_token);
  if (access === null) throw badAnswer('there is no access token in the answer');
  const type = textIn(fields.token_type);
  if (type !== null && type.toLowerCase() !== 'bearer') {
    throw badAnswer('the access token is none for bearers');
  }
  return {
    access,
    refresh: textIn(fields.refresh_token),
    id: textIn(fields.id_token),
    lifetime: lifetimeIn(fields.expires_in),
    scope: textIn(fields.scope),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Tokens are of visible ASCII (RFC 6749, appendix A), scopes have spaces in between. */
const TEXT = /^[\x20-\x7e]+$/;

function textIn(value: unknown): string | null {
  return typeof value === 'string' && TEXT.test(value) ? value : null;
}

function lifetimeIn(value: unknown): number | null {
  // Some providers write it as a text.
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !(seconds >= 0)) return null;
  return Math.min(Math.floor(seconds), LONGEST);
}

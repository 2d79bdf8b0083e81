import { randomBytes } from 'node:crypto';
import type { Moments } from '../../plugin/session/lifetime.ts';
import type { Grant } from './grant.ts';
import type { Identity } from './identity.ts';

/** What is looked at of a session at each request. */
export interface UserSession extends Moments {
  /** The same for all that came of one login. */
  readonly family: string;
  /** When its owner has logged in, seconds since the epoch. */
  readonly login: number;
  /** When the access token expires, seconds since the epoch; null where nobody said. */
  readonly expires: number | null;
  /** When to ask for new tokens, seconds since the epoch; null where there is no refresh token. */
  readonly refreshAt: number | null;
  readonly identity: Identity;
  /** The access token, where the service gets it. */
  readonly access: string | null;
}

/** What is needed of it now and then. */
export interface Tokens {
  readonly access: string | null;
  readonly refresh: string | null;
  readonly id: string | null;
  /** Scopes that were granted. */
  readonly scope: string;
}

/** Before the access token expires there are new ones: so long, or a quarter of its life, s. */
const AHEAD = 60;

/** The session of somebody who has logged in now. */
export function newSession(identity: Identity, grant: Grant, now: number): UserSession {
  const family = randomBytes(16).toString('base64url');
  const moments = { login: now, created: now, renewed: now, touched: now };
  return { family, ...moments, identity, access: grant.access, ...expiryOf(grant, now) };
}

/** The session after its tokens were replaced. */
export function refreshedSession(
  session: UserSession,
  identity: Identity,
  grant: Grant,
  now: number,
): UserSession {
  const moments = { renewed: now, touched: now };
  return { ...session, ...moments, identity, access: grant.access, ...expiryOf(grant, now) };
}

function expiryOf(
  { lifetime, refresh }: Grant,
  now: number,
): Pick<UserSession, 'expires' | 'refreshAt'> {
  if (lifetime === null) return { expires: null, refreshAt: null };
  const expires = now + lifetime;
  if (refresh === null) return { expires, refreshAt: null };
  return { expires, refreshAt: expires - Math.min(AHEAD, Math.ceil(lifetime / 4)) };
}

export function writeSession(session: UserSession, tokens: Tokens): string {
  const { family, login, renewed, touched, expires, refreshAt, identity } = session;
  const { subject, name, credential, groups, told } = identity;
  const { access, refresh, id, scope } = tokens;
  return JSON.stringify([
    ...[family, login, renewed, touched, expires, refreshAt],
    ...[
      [subject, name, credential, groups, told],
      [access, refresh, id, scope],
    ],
  ]);
}

type WrittenIdentity = [
  subject: string,
  name: string | null,
  credential: string | null,
  groups: string[] | null,
  told: (string | null)[],
];

type Written = [
  family: string,
  login: number,
  renewed: number,
  touched: number,
  expires: number | null,
  refreshAt: number | null,
  identity: WrittenIdentity,
  tokens: [string | null, string | null, string | null, string],
];

/**
 * Reads what `writeSession` wrote; it was sealed, so it is nothing else.
 *
 * @param withAccess whether to keep the access token at hand
 */
export function readSession(text: string, withAccess: boolean): UserSession {
  const written = JSON.parse(text) as Written;
  const [family, login, renewed, touched, expires, refreshAt] = written;
  const [subject, name, credential, groups, told] = written[6];
  return {
    ...{ family, login, created: login, renewed, touched, expires, refreshAt },
    identity: { subject, name, credential, groups, told },
    access: withAccess ? written[7][0] : null,
  };
}

export function readTokens(text: string): Tokens {
  const [access, refresh, id, scope] = (JSON.parse(text) as Written)[7];
  return { access, refresh, id, scope };
}

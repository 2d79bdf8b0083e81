import { randomBytes } from 'node:crypto';
import type { Moments } from '../../plugin/session/lifetime.ts';

/** What the cookie of a session holds. */
export interface Session extends Moments {
  readonly id: string;
  /** Id of the session that this one has come from by being replaced; its own for the first. */
  readonly family: string;
  /** When its owner has logged in, however many sessions ago; seconds since the epoch. */
  readonly login: number;
  readonly consumer: string;
  readonly credential: string;
  /** What the credential was like; null for one that is not among those of the gateway. */
  readonly fingerprint: string | null;
  readonly groups: readonly string[] | null;
  readonly subject: string;
}

/** A session that begins now. */
export function newSession(
  about: Omit<Session, 'id' | 'family' | 'login' | keyof Moments>,
  now: number,
): Session {
  const id = newId();
  return { ...about, id, family: id, login: now, created: now, renewed: now, touched: now };
}

/** The session that takes the place of another. */
export function renewedSession(session: Session, now: number): Session {
  return { ...session, id: newId(), renewed: now, touched: now };
}

/** The session that a remembered login opens. */
export function reopenedSession(remembered: Session, now: number): Session {
  return { ...renewedSession(remembered, now), created: now };
}

export function writeSession(session: Session): string {
  const { id, family, consumer, credential, fingerprint, groups, subject } = session;
  const { login, created, renewed, touched } = session;
  const own = family === id ? 0 : family;
  return JSON.stringify([
    ...[id, own, consumer, credential, fingerprint, groups, subject],
    ...[login, created, renewed, touched],
  ]);
}

/** Reads what `writeSession` wrote; it was sealed, so it is nothing else. */
export function readSession(text: string): Session {
  const [id, family, consumer, credential, fingerprint, groups, subject, ...moments] = JSON.parse(
    text,
  ) as [string, string | 0, string, string, string | null, string[] | null, string, ...number[]];
  const [login = 0, created = 0, renewed = 0, touched = 0] = moments;
  return {
    ...{ id, family: family === 0 ? id : family, consumer, credential, fingerprint, groups },
    ...{ subject, login, created, renewed, touched },
  };
}

function newId(): string {
  return randomBytes(16).toString('base64url');
}

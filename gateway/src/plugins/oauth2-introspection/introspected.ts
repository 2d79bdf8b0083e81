import { FieldNames } from '../../plugin/field-names.ts';
import { headerLine } from '../../plugin/header-line.ts';
import { nameIn, namesIn } from '../../plugin/jose/claim-values.ts';
import { claimOf, type Claims } from '../../plugin/jose/token.ts';
import { jsonIn } from '../../plugin/fetch-json.ts';
import { badAnswer } from '../../plugin/peer/failure.ts';
import type { Answer } from '../../plugin/peer/http-call.ts';

/** Members of an answer that services are told, and in which fields. */
const TOLD: readonly (readonly [member: string, field: string])[] = [
  ['scope', 'X-Credential-Scope'],
  ['client_id', 'X-Credential-Client-ID'],
  ['token_type', 'X-Credential-Token-Type'],
  ['exp', 'X-Credential-Exp'],
  ['iat', 'X-Credential-Iat'],
  ['nbf', 'X-Credential-Nbf'],
  ['sub', 'X-Credential-Sub'],
  ['aud', 'X-Credential-Aud'],
  ['iss', 'X-Credential-Iss'],
  ['jti', 'X-Credential-Jti'],
];

/** What of an answer services are told. */
export class ToldMembers {
  readonly #told: readonly (readonly [member: string, field: string])[];
  readonly fields: FieldNames;

  /** @param more further members */
  constructor(more: readonly string[]) {
    const told = new Map(TOLD.map((one) => [one[1].toLowerCase(), one]));
    for (const member of more) {
      const field = `X-Credential-${fieldName(member)}`;
      if (!told.has(field.toLowerCase())) told.set(field.toLowerCase(), [member, field]);
    }
    this.#told = [...told.values()];
    this.fields = new FieldNames(told.keys());
  }

  /** Lines for the upstream. */
  linesOf(claims: Claims): string {
    let lines = '';
    for (const [member, field] of this.#told) {
      const value = textOf(claimOf(claims, member));
      if (value !== null) lines += headerLine(field, value);
    }
    return lines;
  }
}

function fieldName(member: string): string {
  return member.replace(/[^\w!#$%&'*+.^`|~-]/g, '-').replaceAll('_', '-');
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return namesIn(value).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the server says of a token that is active. */
export class ActiveToken {
  readonly claims: Claims;
  readonly username: string | null;
  readonly clientId: string | null;
  /** Who it stands for. */
  readonly subject: string | null;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly lines: string;
  /** When it is valid, ms since the epoch. */
  readonly from: number;
  readonly until: number;

  constructor(claims: Claims, told: ToldMembers) {
    this.claims = claims;
    this.username = nameIn(claimOf(claims, 'username'));
    this.clientId = nameIn(claimOf(claims, 'client_id'));
    this.subject = nameIn(claimOf(claims, 'sub')) ?? this.username ?? this.clientId;
    this.scopes = namesIn(claimOf(claims, 'scope'));
    this.audience = audienceIn(claimOf(claims, 'aud'));
    this.from = timeIn(claims, 'nbf') ?? -Infinity;
    this.until = timeIn(claims, 'exp') ?? Infinity;
    this.lines = told.linesOf(claims);
  }
}

/**
 * What an answer says of a token; null when it is not active.
 *
 * @throws PeerFailure when it is no answer to that
 */
export function introspected(answer: Answer, told: ToldMembers): ActiveToken | null {
  return isOfOtherKind(answer) ? null : saidBy(jsonIn(answer), told);
}

/**
 * Whether a server does not look into tokens of this kind, such as JSON Web Tokens that it has issued
 * itself: it says so by an error that RFC 7009 names (2.2.1). It vouches for none of them.
 */
function isOfOtherKind({ status, body }: Answer): boolean {
  if (status !== 400) return false;
  let said: unknown;
  try {
    said = JSON.parse(body.toString('utf8'));
  } catch {
    // An error of another kind, which its status tells well enough.
    return false;
  }
  const isObject = typeof said === 'object' && said !== null;
  return isObject && (said as { readonly error?: unknown }).error === 'unsupported_token_type';
}

function saidBy(answer: unknown, told: ToldMembers): ActiveToken | null {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw badAnswer('the answer is no JSON object');
  }
  const claims = answer as Claims;
  const active = claimOf(claims, 'active');
  if (typeof active !== 'boolean')
    throw badAnswer("the answer does not say whether it is 'active'");
  return active ? new ActiveToken(claims, told) : null;
}

function audienceIn(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : namesIn(value);
}

function timeIn(claims: Claims, name: string): number | null {
  const value = claimOf(claims, name);
  if (value === undefined || value === null) return null;
  const isTime = typeof value === 'number' && Number.isFinite(value);
  if (!isTime) throw badAnswer(`'${name}' of the answer is no number`);
  return value * 1000;
}

import { fieldText } from '../../plugin/header-line.ts';
import { badStatus } from '../../plugin/peer/failure.ts';
import type { Answer } from '../../plugin/peer/http-call.ts';
import type { ExternalAuthConfig } from './schema.ts';

type Pair = readonly [name: string, value: string];

/** The service lets a request pass. */
export class Permission {
  /** Fields for the service of the route. */
  readonly upstream: readonly Pair[];
  /** Fields for the client. */
  readonly client: readonly Pair[];
  readonly consumer: string | null;
  /** As a field says it. */
  readonly identifier: string | null;
  readonly groups: readonly string[] | null;

  constructor(answer: Answer, config: ExternalAuthConfig) {
    const { consumer_header: consumer, identifier_header: identifier } = config;
    const { groups_header: groups } = config;
    this.upstream = joined(answer, config.upstream_headers);
    this.client = picked(answer, config.client_headers);
    this.consumer = readable(textIn(answer, consumer));
    this.identifier = textIn(answer, identifier);
    this.groups = groups === null ? null : listIn(readable(textIn(answer, groups)));
  }
}

/** The service refuses a request. */
export class Denial {
  /** What the client is answered with. */
  readonly status: number;
  readonly client: readonly Pair[];
  /** Null where the gateway is to write it. */
  readonly content: { readonly type: string; readonly bytes: Uint8Array } | null;

  constructor(answer: Answer, status: number, config: ExternalAuthConfig) {
    this.status = status;
    this.client = picked(answer, config.refusal_headers);
    const { body: bytes } = answer;
    const type = textIn(answer, 'content-type') ?? 'text/plain; charset=utf-8';
    this.content = config.refusal_body && bytes.length > 0 ? { type, bytes } : null;
  }
}

export type Decision = Denial | Permission;

/** @throws PeerFailure when the answer decides nothing */
export function decisionOf(answer: Answer, config: ExternalAuthConfig): Decision {
  const { status } = answer;
  if (config.allow_statuses.includes(status)) return new Permission(answer, config);
  const refusal = config.refuse_statuses[String(status)];
  if (refusal === undefined) throw badStatus(status);
  return new Denial(answer, refusal, config);
}

/** The same without what is for one client alone. */
export function lasting<T extends Decision>(decision: T): T {
  const client = decision.client.filter(([name]) => name.toLowerCase() !== 'set-cookie');
  const copy = Object.create(Object.getPrototypeOf(decision) as object) as T;
  return Object.assign(copy, decision, { client });
}

function picked({ headers }: Answer, names: readonly string[]): Pair[] {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return headers.filter(([name]) => wanted.has(name.toLowerCase()));
}

/** Each field as one line. */
function joined({ headers }: Answer, names: readonly string[]): Pair[] {
  const lines: Pair[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    const values = headers.filter(([each]) => each.toLowerCase() === lower);
    if (values.length > 0) lines.push([name, values.map(([, value]) => value).join(', ')]);
  }
  return lines;
}

/** The first line of a field; null where there is none, or nothing in it. */
function textIn({ headers }: Answer, name: string | null): string | null {
  const lower = name?.toLowerCase();
  const value = headers.find(([each]) => each.toLowerCase() === lower)?.[1];
  return value === undefined || value === '' ? null : value;
}

function readable(value: string | null): string | null {
  return value === null ? null : fieldText(value);
}

function listIn(text: string | null): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

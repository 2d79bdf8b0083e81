import type { RequestView } from '../plugin/exchange.ts';
import { ANSWERS } from './answers.ts';
import type { HttpExchange } from './exchange.ts';
import { Fields } from './http1/fields.ts';

/** Fields that frame a message or belong to one connection: never a plugin's to set. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws TypeError when the field frames the message */
export function refuseFraming(lower: string): void {
  if (FRAMING.has(lower)) {
    throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
  }
}

/** The request as plugins see and change it. */
export class RequestFacade implements RequestView {
  private readonly exchange: HttpExchange;
  private query_: Map<string, (string | true)[]> | null = null;

  constructor(exchange: HttpExchange) {
    this.exchange = exchange;
  }

  get method(): string {
    return this.exchange.method;
  }

  get scheme(): 'http' | 'https' {
    return this.exchange.scheme;
  }

  get host(): string {
    return this.exchange.host;
  }

  get path(): string {
    return this.exchange.path;
  }

  get target(): string {
    return this.exchange.head.target;
  }

  get query(): string {
    const search = this.exchange.changedSearch ?? this.exchange.search;
    return search === '' ? '' : search.slice(1);
  }

  get httpVersion(): string {
    return this.exchange.httpVersion;
  }

  private get fields(): Fields {
    return (this.exchange.requestFields ??= new Fields(this.exchange.head));
  }

  header(name: string): string | undefined {
    return this.fields.get(name);
  }

  headerValues(name: string): readonly string[] {
    return this.fields.getAll(name);
  }

  headers(): readonly (readonly [string, string])[] {
    return this.fields.list();
  }

  setHeader(name: string, value: string): void {
    refuseFraming(name.toLowerCase());
    this.fields.set(name, value);
  }

  removeHeader(name: string): void {
    refuseFraming(name.toLowerCase());
    this.fields.remove(name);
  }

  queryArgument(name: string): string | true | undefined {
    // Most requests have no query at all.
    if (this.query === '') return undefined;
    return this.parsedQuery().get(name)?.[0];
  }

  queryValues(name: string): readonly (string | true)[] {
    return this.parsedQuery().get(name) ?? [];
  }

  setQuery(query: string): void {
    this.exchange.changedSearch =
      query === '' ? '' : `?${query.replace(/[\s#]/g, encodeURIComponent)}`;
    this.query_ = null;
  }

  get hasBody(): boolean {
    const body = this.exchange.body;
    return body !== null && body.announced !== 0;
  }

  body(limit: number): Promise<Uint8Array> {
    const { body, downstream, thread } = this.exchange;
    if (body === null) return Promise.resolve(new Uint8Array(0));
    if (this.exchange.head.expectContinue && body.received === 0) downstream.sendContinue();
    const collected = body.collect(limit, () => {
      thread.lifecycle.answerNow(this.exchange, ANSWERS.body_too_large);
    });
    downstream.resumeBody();
    return collected;
  }

  setBody(body: Uint8Array): void {
    if (this.exchange.body?.complete !== true) {
      throw new TypeError('setBody() needs the body to be read first: await body(limit)');
    }
    this.exchange.body.replace(body);
  }

  private parsedQuery(): Map<string, (string | true)[]> {
    if (this.query_ !== null) return this.query_;
    const parsed = new Map<string, (string | true)[]>();
    for (const part of this.query.split('&')) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      const name = decode(equals === -1 ? part : part.slice(0, equals));
      const value = equals === -1 ? true : decode(part.slice(equals + 1));
      const values = parsed.get(name);
      if (values === undefined) parsed.set(name, [value]);
      else values.push(value);
    }
    return (this.query_ = parsed);
  }
}

/** Decodes a form-encoded name or value; what is not valid stays as it is. */
function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

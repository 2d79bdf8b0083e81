import type { FieldNames } from '../field-names.ts';
import { tellsIdentity } from '../identity-names.ts';
import type { RequestView } from '../plugin.ts';
import { TestFields } from './test-fields.ts';

/** A request to be sent through plugins. Whatever is absent is that of `GET / HTTP/1.1`. */
export interface RequestInit {
  readonly method?: string;
  /** Path and query. */
  readonly target?: string;
  readonly scheme?: 'http' | 'https';
  /** `Host` is added where it is missing. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  readonly clientIp?: string;
  /** What the expression of the route matched; nothing where it is absent. */
  readonly uriCaptures?: Readonly<Record<string, string>>;
}

/** The request of an exchange under test. */
export class TestRequest extends TestFields implements RequestView {
  method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly path: string;
  readonly target: string;
  readonly uriCaptures: Readonly<Record<string, string>>;
  readonly httpVersion = '1.1';
  readonly hasBody: boolean;
  /** How often a plugin asked for the body. */
  bodyReads = 0;
  readonly #refuse: (status: number, message: string) => void;
  readonly #linesToJoin: () => Iterable<readonly [name: string, value: string]>;
  /** What there is of who is asking comes from the client. */
  #isClaimed = true;
  #path: string | null = null;
  #query: string;
  #body: Uint8Array;

  /**
   * @param refuse answers when a body is longer than a plugin allows
   * @param linesToJoin what is to be told of who is asking, each time once
   */
  constructor(
    init: RequestInit,
    refuse: (status: number, message: string) => void,
    linesToJoin: () => Iterable<readonly [name: string, value: string]> = () => [],
  ) {
    super(fieldsOf(init.headers ?? []));
    this.method = init.method ?? 'GET';
    this.scheme = init.scheme ?? 'http';
    this.target = init.target ?? '/';
    this.uriCaptures = init.uriCaptures ?? {};
    const [path = '', ...query] = this.target.split('?');
    this.path = path;
    this.#query = query.join('?');
    if (this.fields.first('host') === undefined) this.fields.add('Host', 'gateway.test');
    this.host = (this.fields.first('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    this.#body = Buffer.from(init.body ?? '');
    this.hasBody = this.#body.length > 0;
    this.#refuse = refuse;
    this.#linesToJoin = linesToJoin;
  }

  protected override settleIdentity(): void {
    if (this.#isClaimed) this.forgetIdentity();
    this.#isClaimed = false;
    for (const [name, value] of this.#linesToJoin()) this.fields.add(name, value);
  }

  /** Removes what tells who is asking. */
  forgetIdentity(): void {
    for (const [name] of this.fields.list()) if (tellsIdentity(name)) this.fields.remove(name);
  }

  get query(): string {
    return this.#query;
  }

  /** As if the route kept the path. */
  get upstreamTarget(): string {
    const path = this.#path ?? this.path;
    return this.#query === '' ? path : `${path}?${this.#query}`;
  }

  withholdHeaders({ lower }: FieldNames): void {
    for (const name of lower) this.fields.removeSpellings(name);
  }

  queryArgument(name: string): string | true | undefined {
    return this.queryValues(name)[0];
  }

  queryValues(name: string): readonly (string | true)[] {
    const values: (string | true)[] = [];
    for (const pair of this.#query.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const [key] = new URLSearchParams(equals < 0 ? `${pair}=` : pair);
      if (key?.[0] === name) values.push(equals < 0 ? true : key[1]);
    }
    return values;
  }

  setMethod(method: string): void {
    this.method = method;
  }

  setPath(path: string): void {
    this.#path = encodeURI(path).replaceAll('%25', '%').replace(/[?#]/g, encodeURIComponent);
  }

  setQuery(query: string): void {
    this.#query = query;
  }

  body(limit: number): Promise<Uint8Array> {
    this.bodyReads++;
    this.limitBody(limit, 413, 'Payload too large');
    return Promise.resolve(this.#body.subarray(0, limit));
  }

  limitBody(limit: number, status: number, message: string): void {
    if (this.#body.length > limit) this.#refuse(status, message);
  }

  setBody(body: Uint8Array): void {
    if (this.hasBody && this.bodyReads === 0)
      throw new TypeError('setBody() needs the body to be read first');
    this.#body = body;
  }

  /** The body as it goes to the service. */
  get outgoingBody(): Uint8Array {
    return this.#body;
  }
}

function fieldsOf(
  headers: NonNullable<RequestInit['headers']>,
): Iterable<readonly [string, string]> {
  return Array.isArray(headers)
    ? (headers as readonly (readonly [string, string])[])
    : Object.entries(headers as Readonly<Record<string, string>>);
}

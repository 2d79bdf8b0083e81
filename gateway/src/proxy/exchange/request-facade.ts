import type { RequestView } from '../../plugin/exchange.ts';
import type { FieldNames } from '../../plugin/field-names.ts';
import { tellsIdentity } from '../../plugin/identity-names.ts';
import { ANSWERS } from '../answers.ts';
import { FieldsFacade } from './fields-facade.ts';
import { isToken } from '../http1/characters.ts';
import type { Fields } from '../http1/fields.ts';
import { queryArguments, type QueryArguments } from '../query-arguments.ts';
import { RequestBody } from '../request-body.ts';
import { escapePath, wireText } from '../router/path.ts';
import { upstreamTarget } from '../upstream/request-lines.ts';

/** What would end the request target or break its line; bytes beyond ASCII pass as they are. */
const UNSAFE_IN_QUERY = /[^\x21-\x7e\x80-\xff]|#/gu;

/** What would end a path, or be no escape in it. */
const NOT_OF_A_PATH = /[?#]|%(?![0-9A-Fa-f]{2})/g;

const NO_CAPTURES: Readonly<Record<string, string>> = {};

/** The request as plugins see and change it. */
export class RequestFacade extends FieldsFacade implements RequestView {
  private query_: QueryArguments | null = null;

  get method(): string {
    return this.exchange.outgoingMethod;
  }

  /** @throws TypeError for a method that no request to a service can have */
  setMethod(method: string): void {
    if (!isToken(method) || method === 'CONNECT') {
      throw new TypeError(`'${method}' is no method to ask a service with`);
    }
    this.exchange.changedMethod = method;
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

  get uriCaptures(): Readonly<Record<string, string>> {
    return this.exchange.pathPattern?.captures(this.exchange.path) ?? NO_CAPTURES;
  }

  get upstreamTarget(): string | null {
    return this.exchange.service === null ? null : upstreamTarget(this.exchange);
  }

  get query(): string {
    const search = this.exchange.changedSearch ?? this.exchange.search;
    return search === '' ? '' : search.slice(1);
  }

  get httpVersion(): string {
    return this.exchange.httpVersion;
  }

  override header(name: string): string | undefined {
    if (name === 'host' && this.hasOtherHost) return this.hostValue;
    const { requestFields, head } = this.exchange;
    // As long as nobody has changed anything, it stands in the head.
    if (requestFields !== null || tellsIdentity(name)) return super.header(name);
    const index = head.indexOf(name);
    return index === -1 ? undefined : head.value(index);
  }

  override headerValues(name: string): readonly string[] {
    if (name === 'host' && this.hasOtherHost) return [this.hostValue];
    const { requestFields, head } = this.exchange;
    if (requestFields !== null || tellsIdentity(name)) return super.headerValues(name);
    return head.valuesOf(name);
  }

  override headers(): readonly (readonly [string, string])[] {
    const all = super.headers();
    if (!this.hasOtherHost) return all;
    return all.map(([name, value]) => [
      name,
      name.toLowerCase() === 'host' ? this.hostValue : value,
    ]);
  }

  /** A target in absolute form names another host than the field, which then counts for nothing. */
  private get hasOtherHost(): boolean {
    return this.exchange.hostHeader !== this.exchange.head.host;
  }

  private get hostValue(): string {
    return this.fields(false).host ?? this.exchange.hostHeader;
  }

  protected override fields(ofIdentity: boolean): Fields {
    // Who asks is what authentication has found out, and never what a client says of itself.
    if (ofIdentity) this.exchange.joinUpstreamLines();
    return this.exchange.changeableFields();
  }

  withholdHeaders(names: FieldNames): void {
    this.fields(false).removeSpellings(names);
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
      query === '' ? '' : `?${query.replace(UNSAFE_IN_QUERY, encodeURIComponent)}`;
    this.query_ = null;
  }

  /** @throws TypeError for a path that does not begin with a slash */
  setPath(path: string): void {
    if (!path.startsWith('/')) throw new TypeError(`'${path}' does not begin with /`);
    const closed = path.replace(NOT_OF_A_PATH, encodeURIComponent);
    this.exchange.changedPath = escapePath(wireText(closed));
  }

  get hasBody(): boolean {
    const body = this.exchange.body;
    return body !== null && body.announced !== 0;
  }

  body(limit: number): Promise<Uint8Array> {
    const { body, downstream, thread } = this.exchange;
    if (body === null) return Promise.resolve(new Uint8Array(0));
    if (this.exchange.head.expectContinue && body.received === 0) downstream.sendContinue();
    const collected = body.collect(limit, thread.bodyRoom, {
      tooLarge: () => thread.lifecycle.answerNow(this.exchange, ANSWERS.body_too_large),
      noRoom: () => thread.lifecycle.answerNow(this.exchange, ANSWERS.no_room_for_body),
    });
    downstream.resumeBody();
    return collected;
  }

  limitBody(limit: number, status: number, message: string): void {
    const { body, thread } = this.exchange;
    if (body === null) return;
    const answer = { status, message, reason: ANSWERS.body_too_large.reason };
    if (body.exceeds(limit)) this.exchange.fail(answer);
    else body.limit(limit, () => thread.lifecycle.answerNow(this.exchange, answer));
  }

  setBody(body: Uint8Array): void {
    this.exchange.body ??= RequestBody.none();
    if (!this.exchange.body.complete) {
      throw new TypeError('setBody() needs the body to be read first: await body(limit)');
    }
    this.exchange.body.replace(body);
  }

  private parsedQuery(): QueryArguments {
    return (this.query_ ??= queryArguments(this.query));
  }
}

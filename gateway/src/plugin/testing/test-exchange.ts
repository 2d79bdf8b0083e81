import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { membersOf, messageOf } from '../answer-content.ts';
import { namedType } from '../answer-type.ts';
import type {
  ConnectionInfo,
  ConsumerInfo,
  CredentialInfo,
  Exchange,
  Identity,
  OwnAnswer,
  RouteInfo,
  ServiceInfo,
} from '../plugin.ts';
import { HeaderList } from './header-list.ts';
import { TestRequest } from './test-request.ts';
import type { RequestInit } from './test-request.ts';
import { TestResponse } from './test-response.ts';

/** What reached the service. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: string;
}

/** One request and its response under test. */
export class TestExchange implements Exchange {
  readonly id = randomBytes(16).toString('hex');
  readonly startedAt: number;
  readonly clientIp: string;
  readonly clientPort = 40_000;
  readonly connection: ConnectionInfo = {
    localAddress: '127.0.0.1',
    localPort: 8000,
    tls: null,
    serial: 1,
    requests: 1,
  };
  readonly request: TestRequest;
  readonly response = new TestResponse();
  route: RouteInfo | null = null;
  service: ServiceInfo | null = null;
  consumer: ConsumerInfo | null = null;
  credential: CredentialInfo | null = null;
  answered = false;
  fromUpstream = false;
  /** How the exchange was answered, where a plugin or the gateway did: in one form or negotiated. */
  answeredBy: 'respond' | 'error' | null = null;
  ownAnswer: OwnAnswer | null = null;
  /** What reached the service; null while it was not asked. */
  upstreamRequest: UpstreamRequest | null = null;
  #identityLines = '';
  #pluginLines = '';
  readonly #shared = new Map<string, string>();
  readonly #state = new Map<symbol, unknown>();

  /** @param now when the request arrived, ms since the epoch */
  constructor(init: RequestInit, now: number) {
    this.startedAt = now;
    this.clientIp = init.clientIp ?? '127.0.0.1';
    this.request = new TestRequest(
      init,
      (status, message) => this.error(status, message),
      () => this.#takeLines(),
    );
  }

  authenticate(
    consumer: ConsumerInfo | null,
    credential: CredentialInfo | null,
    identifier?: string,
  ): void {
    this.request.forgetIdentity();
    this.consumer = consumer;
    this.credential = credential;
    this.#identityLines = consumer?.headerLines ?? '';
    if (identifier !== undefined) {
      this.#identityLines += `X-Credential-Identifier: ${identifier}\r\n`;
    }
  }

  get identity(): Identity {
    const { consumer, credential } = this;
    const lines = this.#identityLines + this.#pluginLines;
    return { consumer, credential, lines, until: Infinity };
  }

  authenticateAgain({ consumer, credential, lines }: Identity): void {
    this.request.forgetIdentity();
    this.consumer = consumer;
    this.credential = credential;
    this.#identityLines = lines;
  }

  authenticateAnonymous(consumer: ConsumerInfo): void {
    this.request.forgetIdentity();
    this.consumer = consumer;
    this.credential = null;
    this.#identityLines = `${consumer.headerLines}X-Anonymous-Consumer: true\r\n`;
  }

  respond(
    status: number,
    body?: string | Uint8Array | object | null,
    headers?: Readonly<Record<string, string>>,
  ): void {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const json = !raw && body !== undefined && body !== null;
    this.#answer(
      'respond',
      status,
      raw ? Buffer.from(body) : Buffer.from(json ? JSON.stringify(body) : ''),
      { ...(json && { 'Content-Type': 'application/json; charset=utf-8' }), ...headers },
    );
  }

  /** Always in the form for clients that accept JSON; the gateway itself negotiates. */
  error(status: number, message: string, headers?: Readonly<Record<string, string>>): void {
    const body = `{\n  "message":${JSON.stringify(message)},\n  "request_id":"${this.id}"\n}`;
    this.#answer('error', status, Buffer.from(body), {
      'Content-Type': 'application/json; charset=utf-8',
      ...headers,
    });
  }

  addUpstreamLines(lines: string): void {
    if (!/^(?:[^\r\n:]+: [^\r\n]*\r\n)*$/.test(lines)) {
      throw new TypeError(`not whole header lines: ${JSON.stringify(lines)}`);
    }
    this.#pluginLines += lines;
  }

  share(name: string, value: string): void {
    this.#shared.set(name, value);
  }

  shared(name: string): string | undefined {
    return this.#shared.get(name);
  }

  setState(key: symbol, value: unknown): void {
    this.#state.set(key, value);
  }

  state(key: symbol): unknown {
    return this.#state.get(key);
  }

  /** Sends the request to the service, as far as this test has one. */
  toUpstream(): UpstreamRequest {
    const { method, upstreamTarget, outgoingBody } = this.request;
    const headers = new HeaderList(this.request.headers());
    this.upstreamRequest = {
      method,
      target: upstreamTarget,
      headers,
      body: Buffer.from(outgoingBody).toString('utf8'),
    };
    return this.upstreamRequest;
  }

  /** What was added in lines, once. */
  #takeLines(): [name: string, value: string][] {
    const lines = (this.#identityLines + this.#pluginLines).split('\r\n').slice(0, -1);
    this.#identityLines = this.#pluginLines = '';
    return lines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    });
  }

  #answer(
    by: 'respond' | 'error',
    status: number,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): void {
    const { response } = this;
    const members = membersOf(body);
    this.ownAnswer = {
      status,
      message: messageOf(body, members, STATUS_CODES[status] ?? ''),
      members,
      reason: 'plugin',
      inGrpc: false,
      wantedType: namedType(this.request.header('accept')),
      setBody: (text) => response.replace(response.status, response.headers(), text),
    };
    this.answered = true;
    this.answeredBy = by;
    this.response.replace(status, Object.entries(headers), body);
  }
}

import assert from 'node:assert/strict';
import type { TestExchange } from '../../../plugin/testing/test-exchange.ts';
import { TestGateway, type Configured } from '../../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../../plugin/testing/test-request.ts';
import { openidConnect } from '../plugin.ts';
import type { TestProvider } from './test-provider.ts';

export const NOW = Date.UTC(2030, 0, 15, 12);
export const CALLBACK = 'https://app.test/callback';
export const secret = 'a secret of the test';

/** A browser in front of a gateway with `openid-connect`. */
export class TestBrowser {
  readonly gateway: TestGateway;
  readonly provider: TestProvider;
  readonly plugin: Configured;
  readonly cookies = new Map<string, string>();

  constructor(provider: TestProvider, config: object = {}, gateway?: TestGateway) {
    this.provider = provider;
    this.gateway = gateway ?? new TestGateway({ now: NOW });
    this.plugin = this.gateway.configure(openidConnect, {
      issuer: provider.issuer,
      client_id: ['app'],
      client_secret: ['s e/cret'],
      redirect_uri: [CALLBACK],
      session_secret: secret,
      ...config,
    });
  }

  /** Another browser at the same gateway. */
  other(): TestBrowser {
    const other = Object.create(this) as { cookies: Map<string, string> } & TestBrowser;
    Object.defineProperty(other, 'cookies', { value: new Map() });
    return other;
  }

  /** Sends a request with its cookies, and keeps those that come back. */
  async send(request: RequestInit = {}): Promise<TestExchange> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...request.headers, ...(cookie === '' ? {} : { cookie }) };
    const ex = await this.gateway.send([this.plugin], { ...request, headers });
    for (const line of ex.response.headerValues('set-cookie')) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.endsWith('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return ex;
  }

  /** Opens a page, as somebody does who types its address. */
  open(target: string): Promise<TestExchange> {
    return this.send({
      target,
      headers: { accept: 'text/html,*/*', 'Sec-Fetch-Mode': 'navigate' },
    });
  }

  /** Opens a page, and returns the address of the provider to which the browser is sent. */
  async begin(target = '/page?x=1'): Promise<URL> {
    const { response } = await this.open(target);
    assert.equal(response.status, 302, response.body);
    return new URL(response.header('location') ?? '');
  }

  /** The provider gives these tokens for whatever comes, in answer to a login. */
  grant(address: URL, claims: object = {}, more: object = {}): void {
    const nonce = address.searchParams.get('nonce');
    const exp = this.gateway.now / 1000 + 600;
    const id = this.provider.token({ sub: 'ada', aud: 'app', exp, nonce, ...claims });
    const usual = { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600, id_token: id };
    this.provider.give(200, { ...usual, ...more });
  }

  /** Comes back from the provider. */
  comeBack(address: URL, more: Readonly<Record<string, string>> = {}): Promise<TestExchange> {
    const state = address.searchParams.get('state') ?? '';
    const query = new URLSearchParams({ code: 'code-1', state, ...more });
    return this.open(`/callback?${query.toString()}`);
  }

  async logIn(claims: object = {}, more: object = {}, target?: string): Promise<TestExchange> {
    const address = await this.begin(target);
    this.grant(address, claims, more);
    return this.comeBack(address);
  }

  /** Whether the service is asked, and for whom. */
  async user(target = '/page'): Promise<string | null> {
    const { upstreamRequest } = await this.open(target);
    return upstreamRequest?.headers.first('x-credential-identifier') ?? null;
  }

  wait(seconds: number): void {
    this.gateway.now += seconds * 1000;
  }
}

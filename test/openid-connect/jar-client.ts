import { fetchOnce, type Response } from '../support/raw-client.ts';
import { field, fieldValues } from '../support/http-message.ts';

/** Keeps cookies and follows redirects, as a browser does, between a gateway and a provider. */
export class JarClient {
  readonly jar = new Map<string, string>();
  readonly #gateway: number;

  constructor(gatewayPort: number) {
    this.#gateway = gatewayPort;
  }

  /** One request to the gateway. */
  async ask(line: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = { Host: 'app.test', ...(cookie === '' ? {} : { Cookie: cookie }), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const response = await fetchOnce(this.#gateway, `${line} HTTP/1.1\r\n${lines.join('')}\r\n`);
    for (const set of fieldValues(response, 'set-cookie')) keep(this.jar, set);
    return response;
  }

  /** Opens a page of the gateway. */
  open(target: string): Promise<Response> {
    return this.ask(`GET ${target}`, { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' });
  }

  /** Opens a page without a session. @returns where the gateway sends the browser */
  async begin(target: string): Promise<string> {
    const response = await this.open(target);
    const location = field(response, 'location');
    if (response.status !== 302 || location === undefined) {
      throw new Error(`no redirect but ${response.status}: ${response.text}`);
    }
    return location;
  }

  /** Logs in at the provider. @returns the address that the provider sends the browser back to */
  async logInAt(address: string, name: string): Promise<string> {
    const jar = new Map<string, string>();
    let next: { url: string; form: URLSearchParams | null } = { url: address, form: null };
    for (let step = 0; step < 20; step++) {
      const response = await fetch(next.url, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; ') },
        ...(next.form === null ? {} : { method: 'POST', body: next.form }),
      });
      for (const set of response.headers.getSetCookie()) keep(jar, set);
      const location = response.headers.get('location');
      const text = await response.text();
      if (location !== null) {
        const url = new URL(location, next.url);
        if (url.origin !== new URL(address).origin) return url.href;
        next = { url: url.href, form: null };
      } else {
        const action = /<form[^>]* action="([^"]+)"/.exec(text)?.[1];
        if (action === undefined) throw new Error(`no form: ${response.status} ${text}`);
        const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1] ?? '';
        const form = new URLSearchParams({ prompt, login: name, password: 'any' });
        next = { url: new URL(action, next.url).href, form };
      }
    }
    throw new Error('the provider goes round in circles');
  }

  /** Logs in, from the page that was wanted to the answer to coming back. */
  async logIn(target: string, name: string): Promise<Response> {
    const back = new URL(await this.logInAt(await this.begin(target), name));
    return this.open(back.pathname + back.search);
  }

  copy(): JarClient {
    const copy = new JarClient(this.#gateway);
    for (const [name, value] of this.jar) copy.jar.set(name, value);
    return copy;
  }
}

function keep(jar: Map<string, string>, set: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
  if (value === '') jar.delete(name);
  else jar.set(name, value);
}

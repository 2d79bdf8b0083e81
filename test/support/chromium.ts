import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { until, within } from './until.ts';

/** The command of a browser that runs without a screen; undefined where there is none. */
export const chromiumCommand = ['chromium', 'chromium-browser', 'google-chrome'].find((name) => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** Why tests with a browser are left out; false where they run. Where changes are checked they must. */
export const withoutChromium =
  chromiumCommand === undefined && process.env['CI'] !== 'true'
    ? 'needs Chromium: apt-get install chromium'
    : false;

/** Starts Chromium, in a process group of its own with all its helpers. */
export function spawnChromium(profile: string, args: readonly string[]): ChildProcess {
  return spawn(
    chromiumCommand ?? 'chromium',
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      ...['--no-first-run', '--disable-background-networking', '--disable-component-update'],
      // Gateways under test make their certificates themselves.
      ...['--ignore-certificate-errors', `--user-data-dir=${profile}`, ...args],
    ],
    { stdio: 'ignore', detached: true },
  );
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A cookie that a browser keeps. */
export interface KeptCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: string;
}

/** A real browser, driven by the DevTools protocol. Whoever starts one stops it. */
export class Chromium {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #socket!: WebSocket;
  #next = 1;

  private constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), 'sluice-browser-'));
    this.#child = spawnChromium(this.#profile, ['--remote-debugging-port=0', 'about:blank']);
    this.#exited = once(this.#child, 'exit');
  }

  static async start(): Promise<Chromium> {
    const browser = new Chromium();
    try {
      await browser.#connect();
      return browser;
    } catch (error) {
      await browser.stop();
      throw error;
    }
  }

  /** Another user: with cookies of his own. */
  async newUser(): Promise<BrowserUser> {
    const { browserContextId } = await this.send<{ browserContextId: string }>(
      'Target.createBrowserContext',
    );
    return new BrowserUser(this, browserContextId);
  }

  async send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = this.#next++;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await within(method, answer, 30_000);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  async stop(): Promise<void> {
    this.#socket?.terminate();
    try {
      process.kill(-this.#child.pid!, 'SIGKILL');
    } finally {
      await this.#exited;
      rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 });
    }
  }

  async #connect(): Promise<void> {
    const file = join(this.#profile, 'DevToolsActivePort');
    const [port, path] = await until('the browser listens', () => lines(file), 60_000);
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    this.#socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.id === undefined) return;
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
    await once(this.#socket, 'open');
  }
}

/** Somebody with a browser. */
export class BrowserUser {
  readonly #browser: Chromium;
  readonly #context: string;

  constructor(browser: Chromium, context: string) {
    this.#browser = browser;
    this.#context = context;
  }

  async newTab(): Promise<Tab> {
    const { targetId } = await this.#browser.send<{ targetId: string }>('Target.createTarget', {
      ...{ url: 'about:blank', browserContextId: this.#context },
    });
    const { sessionId } = await this.#browser.send<{ sessionId: string }>('Target.attachToTarget', {
      ...{ targetId, flatten: true },
    });
    return new Tab(this.#browser, sessionId);
  }

  async cookies(): Promise<KeptCookie[]> {
    const { cookies } = await this.#browser.send<{ cookies: KeptCookie[] }>('Storage.getCookies', {
      browserContextId: this.#context,
    });
    return cookies;
  }

  /** Closes all tabs, and forgets everything. */
  async close(): Promise<void> {
    await this.#browser.send('Target.disposeBrowserContext', { browserContextId: this.#context });
  }

  /** Has the browser keep cookies that it did not get itself. */
  async plant(cookies: readonly KeptCookie[]): Promise<void> {
    await this.#browser.send('Storage.setCookies', {
      ...{ browserContextId: this.#context, cookies },
    });
  }
}

/** A page that a user looks at. */
export class Tab {
  readonly #browser: Chromium;
  readonly #session: string;

  constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  /** Goes to an address, as if it had been typed. */
  async open(url: string): Promise<void> {
    await this.#browser.send('Page.navigate', { url }, this.#session);
  }

  /** What an expression of JavaScript comes to in the page; undefined while pages change. */
  async evaluate<T>(expression: string): Promise<T | undefined> {
    try {
      const { result } = await this.#browser.send<{ result: { value?: T } }>(
        'Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true },
        this.#session,
      );
      return result.value;
    } catch {
      // The page went away meanwhile.
      return undefined;
    }
  }

  /** Waits until an expression is true in the page, whichever that is by then. */
  async shows(what: string, expression: string): Promise<void> {
    try {
      await until(`the page shows ${what}`, () => this.evaluate<boolean>(expression), 20_000);
    } catch (error) {
      const instead = await this.evaluate<string>(
        'location.href + "\\n" + document.documentElement.outerHTML.slice(0, 2000)',
      );
      throw new Error(`${(error as Error).message}; it is ${instead}`, { cause: error });
    }
  }
}

function lines(file: string): [string, string] | undefined {
  try {
    const [port, path] = readFileSync(file, 'utf8').split('\n');
    return port && path ? [port, path] : undefined;
  } catch {
    return undefined;
  }
}

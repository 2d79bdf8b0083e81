import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until, within } from './until.ts';

/** The command under test: this workspace's, or the one that `SLUICE_COMMAND` names, e.g. an installed one. */
export const sluiceCommand =
  process.env['SLUICE_COMMAND'] ??
  fileURLToPath(new URL('../../gateway/bin/sluice.js', import.meta.url));

/** What `/status` tells, as far as tests use it. */
export interface GatewayStatus {
  readonly revision: number;
  readonly configuration_hash: string;
  readonly listen: readonly string[];
  readonly [other: string]: unknown;
}

export interface GatewayOptions {
  /**
   * Declarative configuration: an object (written as JSON) or the text of the file. Without one the
   * configuration lives in a store.
   */
  readonly config?: object | string;
  /**
   * Whether there is an Admin API; by itself there is one when there is no `config`. It takes
   * `adminToken`, or with `own-token` one that the gateway makes itself. With `own-listen` the flags
   * say where it is.
   */
  readonly admin?: boolean | 'own-token' | 'own-listen';
  /** The node's own folder, to be kept when the gateway stops; absent for one of this gateway only. */
  readonly data?: string;
  /** URL of a PostgreSQL database to keep the configuration in. */
  readonly database?: string;
  /** Where clients connect, as `--proxy-listen` has it; the first port is `proxyPort`. */
  readonly listen?: string;
  /** Further flags of `sluice start`. */
  readonly flags?: readonly string[];
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the configuration file; its ending tells the format. */
  readonly fileName?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The gateway logged that it keeps the configuration that it has. */
export class ConfigurationRefused extends Error {}

/** What every gateway with an Admin API takes for the first administrator's token. */
export const adminToken = randomBytes(32).toString('base64url');

/** How long the status listener may take to answer, on a busy machine as well, ms. */
const STATUS_PATIENCE = 30_000;

const refusal = /configuration refused/;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real gateway process. Whoever starts one stops it. */
export class Gateway {
  readonly directory: string;
  readonly configFile: string;
  readonly accessLogFile: string;
  readonly dataFolder: string;
  readonly exited: Promise<Exit>;
  /** Of the first listener of `listen`. */
  proxyPort = 0;
  /** Of all of them, in order. */
  proxyPorts: readonly number[] = [];
  /** Of the stream listeners, in their order. */
  streamPorts: readonly number[] = [];
  /** 0 until the gateway has said that it listens. */
  statusPort = 0;
  /** 0 without an Admin API. */
  adminPort = 0;
  output = '';
  exit: Exit | null = null;
  readonly #child: ChildProcess;

  constructor(options: GatewayOptions) {
    this.directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));
    this.configFile = join(this.directory, options.fileName ?? 'gateway.json');
    this.accessLogFile = join(this.directory, 'access.log');
    this.dataFolder = options.data ?? join(this.directory, 'data');
    if (options.config !== undefined) this.write(options.config);
    const flags = [
      ...['--proxy-listen', options.listen ?? '127.0.0.1:0', '--status-listen', '127.0.0.1:0'],
      ...['--data', this.dataFolder, '--workers', String(options.workers ?? 1)],
      ...(options.config === undefined ? [] : ['--config', this.configFile]),
      ...(options.database === undefined ? [] : ['--database', options.database]),
      ...this.#adminFlags(options.admin ?? options.config === undefined),
      // A test that fails may leave requests behind; its gateway need not wait for them for long.
      ...['--access-log', this.accessLogFile, '--drain-timeout', '2s', ...(options.flags ?? [])],
    ];
    this.#child = spawn(process.execPath, [sluiceCommand, 'start', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    running.add(this.#child);
    this.#child.stdout?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.#child.stderr?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.exited = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        running.delete(this.#child);
        resolve((this.exit = { code, signal }));
      });
    });
  }

  #adminFlags(wanted: boolean | 'own-token' | 'own-listen'): string[] {
    if (wanted === false) return ['--admin-listen', 'off'];
    const listen = wanted === 'own-listen' ? [] : ['--admin-listen', '127.0.0.1:0'];
    if (wanted === 'own-token') return listen;
    const tokenFile = join(this.directory, 'token');
    writeFileSync(tokenFile, `${adminToken}\n`, { mode: 0o600 });
    return [...listen, '--admin-token-file', tokenFile];
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Replaces the configuration file in one step, as an editor or a deployment does. */
  write(config: object | string): void {
    const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2);
    writeFileSync(`${this.configFile}.new`, text);
    renameSync(`${this.configFile}.new`, this.configFile);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** GET on the status listener. */
  fetchStatus(path: string): Promise<globalThis.Response> {
    return fetch(`http://127.0.0.1:${this.statusPort}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(STATUS_PATIENCE),
    });
  }

  async status(): Promise<GatewayStatus> {
    return (await (await this.fetchStatus('/status')).json()) as GatewayStatus;
  }

  /** Resolves once every proxy thread serves a revision later than `revision`. */
  async waitForRevisionAfter(revision: number): Promise<void> {
    await until(`the revision is later than ${revision}`, async () => {
      this.assertRunning();
      return (await this.status()).revision > revision;
    });
  }

  /**
   * Puts another configuration in and waits until it is served. It must differ from the present one.
   *
   * @throws ConfigurationRefused when the gateway logs that it keeps the old one
   */
  async reload(config: object | string): Promise<void> {
    const { revision } = await this.status();
    const before = this.output.length;
    this.write(config);
    this.signal('SIGHUP');
    await until('the configuration is served or refused', async () => {
      this.assertRunning();
      const said = this.output.slice(before);
      if (refusal.test(said)) throw new ConfigurationRefused(said);
      return (await this.status()).revision > revision;
    });
  }

  /** Resolves once the gateway's own log contains `text`. */
  async logged(text: string | RegExp): Promise<void> {
    const found = (): boolean =>
      typeof text === 'string' ? this.output.includes(text) : text.test(this.output);
    await until(`the gateway logs ${String(text)}`, found).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output}`);
    });
  }

  /** Lines of the access log so far. */
  accessLines(): Record<string, unknown>[] {
    if (!existsSync(this.accessLogFile)) return [];
    const text = readFileSync(this.accessLogFile, 'utf8');
    const whole = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1);
    return whole.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The first access line that `matches`, as soon as it is written. */
  async accessLine(
    matches: (line: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> {
    return until('the access line is written', () => this.accessLines().find(matches));
  }

  assertRunning(): void {
    if (this.exit === null) return;
    throw new Error(`The gateway has exited with ${JSON.stringify(this.exit)}:\n${this.output}`);
  }

  /** Ends the process as a power cut would, between any two instructions. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** SIGTERM, then waits for the process; SIGKILL when it takes longer than `patience` ms. */
  async stop(patience = 10_000): Promise<Exit> {
    this.signal('SIGTERM');
    try {
      return await within('the gateway to exit after SIGTERM', this.exited, patience);
    } finally {
      this.signal('SIGKILL');
      rmSync(this.directory, { recursive: true, force: true });
    }
  }
}

/**
 * `listening on http://…:8000; Admin API on http://…:8001; status on http://…:8007/status`, as it
 * stands in the log.
 */
const greeting = /listening on (https?:\/\/[^;]+);.*status on https?:\/\/\S+?:(\d+)\/status/;
const portInList = /:(\d+)(?=,|$)/g;
const adminGreeting = /Admin API on https?:\/\/\S+?:(\d+)/;

/** Starts a gateway and resolves when it is ready and its ports are known. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(options);
  try {
    // The gateway chooses its ports itself: one found free here could be taken before it listens.
    const ports = await until(
      'the gateway is ready',
      () => {
        gateway.assertRunning();
        return greeting.exec(gateway.output);
      },
      30_000,
    );
    gateway.proxyPorts = [...ports[1]!.matchAll(portInList)].map((match) => Number(match[1]));
    gateway.proxyPort = gateway.proxyPorts[0] ?? 0;
    gateway.statusPort = Number(ports[2]);
    gateway.streamPorts = [...ports[0].matchAll(/(?:tcp|tls):\/\/[^\s,;]+:(\d+)/g)].map(
      ([, port]) => Number(port),
    );
    gateway.adminPort = Number(adminGreeting.exec(ports[0])?.[1] ?? 0);
    return gateway;
  } catch (error) {
    await gateway.stop().catch(() => undefined);
    throw new Error(`${(error as Error).message}\n${gateway.output}`, { cause: error });
  }
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import { until, within } from './until.ts';
import { unusedPort } from './unused-port.ts';

const advice =
  'There is no PostgreSQL here, which these tests start for themselves. ' +
  'Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), ' +
  'or name the folder of `initdb` and `postgres` in SLUICE_POSTGRES_BIN.';

/** Folder of PostgreSQL's programs, the newest if there are several. */
const programs: string | undefined = candidates().find((folder) =>
  ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
);

function candidates(): string[] {
  const named = process.env['SLUICE_POSTGRES_BIN'];
  if (named !== undefined) return [named];
  return [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...globSync('/usr/lib/postgresql/*/bin').sort(byVersion).reverse(),
    ...globSync('/{opt/homebrew,usr/local}/opt/postgresql*/bin').sort(byVersion).reverse(),
  ];
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/**
 * For the `skip` of suites that need PostgreSQL: where there is none, newcomers see the rest of the
 * tests and, from the runner, a loud line; CI (`CI=true`) fails at the first server that is started.
 */
export const withoutPostgres: string | false =
  programs === undefined && process.env['CI'] !== 'true' && advice;

export interface PostgresOptions {
  /**
   * Whether a commit waits for the disk. Only tests that end the server by force care; the others
   * are faster without.
   */
  readonly durable?: boolean;
}

const servers = new Set<PostgresServer>();
process.on('exit', () => {
  for (const server of servers) server.end();
});

/** A PostgreSQL server of our own, on a free port of 127.0.0.1, that can be ended in every way. */
export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #password: string;
  readonly #owner: Owner;
  readonly #durable: boolean;
  #process: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #output = '';
  #databases = 0;

  private constructor(folder: string, password: string, port: number, durable: boolean) {
    this.#folder = folder;
    this.#password = password;
    this.port = port;
    this.#durable = durable;
    this.#owner = serverOwner();
  }

  /** Makes a cluster and starts it. Whoever does calls `dispose` in the end. */
  static async start(options: PostgresOptions = {}): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
    const password = randomBytes(16).toString('hex');
    const port = await unusedPort();
    const server = new PostgresServer(folder, password, port, options.durable ?? false);
    try {
      server.#initialise();
      await server.start();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** URL of a database, or of the one that is always there. */
  url(database = 'postgres'): string {
    return `postgres://sluice:${this.#password}@127.0.0.1:${this.port}/${database}`;
  }

  /** Makes an empty database and returns its URL. */
  async createDatabase(): Promise<string> {
    const name = `sluice_${++this.#databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Runs one statement, on a connection of its own. */
  async query(text: string, url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts the server again, on the port that it had, and waits until it takes connections. */
  async start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: this.port,
      max_connections: 200,
      ...(this.#durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(programs ?? '', 'postgres'), ['-D', this.#data, ...args], {
      ...this.#owner,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    servers.add(this);
    child.stderr.on('data', (text: Buffer) => (this.#output += text.toString()));
    this.#ended = new Promise((resolve) => {
      child.on('close', () => {
        this.#process = null;
        servers.delete(this);
        resolve();
      });
    });
    await until(
      'PostgreSQL takes connections',
      async () => {
        if (this.#process === null) throw new Error(`PostgreSQL has ended:\n${this.#output}`);
        return this.query('SELECT 1').catch(() => undefined);
      },
      60_000,
    );
  }

  /** `fast` rolls back what is under way and ends cleanly; `immediate` leaves all as it is. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    this.#process?.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await within('PostgreSQL to end', this.#ended, 30_000);
  }

  /** Ends the server's first process by SIGKILL; the others notice and end, too. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#ended;
  }

  /** For the end of this process: takes no time. */
  end(): void {
    this.#process?.kill('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends the server and deletes its data. */
  async dispose(): Promise<void> {
    await this.stop('immediate');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  #initialise(): void {
    if (programs === undefined) throw new Error(advice);
    const passwordFile = join(this.#folder, 'password');
    writeFileSync(passwordFile, this.#password);
    if ('uid' in this.#owner) {
      const { uid, gid } = this.#owner;
      for (const path of [this.#folder, passwordFile]) chownSync(path, uid, gid);
    }
    chmodSync(this.#folder, 0o700);
    const args = ['-D', this.#data, '-U', 'sluice', '-E', 'UTF8', '--no-locale', '--no-sync'];
    args.push('--auth=scram-sha-256', `--pwfile=${passwordFile}`);
    const result = spawnSync(join(programs, 'initdb'), args, {
      ...this.#owner,
      encoding: 'utf8',
    });
    if (result.status === 0) return;
    throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`);
  }
}

/** Whom PostgreSQL's processes run as. */
type Owner = { readonly uid: number; readonly gid: number; readonly cwd: string } | object;

/** PostgreSQL refuses to run as root; there it gets the user that its package made. */
function serverOwner(): Owner {
  if (userInfo().uid !== 0) return {};
  const lookUp = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [lookUp('-u'), lookUp('-g')];
  if (!uid || !gid) throw new Error('root cannot run PostgreSQL and there is no user `postgres`');
  return { uid, gid, cwd: '/' };
}

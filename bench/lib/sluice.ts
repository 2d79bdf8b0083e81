import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unusedPort } from '../../test/support/unused-port.ts';
import { BenchError } from './bench-error.ts';
import type { Child } from './child.ts';
import type { Session } from './session.ts';
import { workspace } from './tools.ts';
import { until } from './until.ts';

export interface SluiceOptions {
  /** The compiled program, from `prepareSluice`. */
  readonly program: string;
  /** An object, written as JSON, or the text of the file. */
  readonly document: object | string;
  readonly format?: 'json' | 'yaml';
  readonly workers: number;
  /** What its listener takes beside plain HTTP/1.1, such as `ssl http2`. */
  readonly listen?: string;
  /** Cores that it may use; absent for all. */
  readonly cores?: string;
  /** Further flags of `sluice start`. */
  readonly flags?: readonly string[];
  /** Flags of Node. */
  readonly nodeFlags?: readonly string[];
  /** How long it may take until it is ready, ms. */
  readonly patience?: number;
}

/**
 * Compiles the workspace, unless a folder with a compiled Sluice is given.
 *
 * @returns path of the program
 */
export async function prepareSluice(session: Session, dist?: string): Promise<string> {
  const program = join(resolve(dist ?? join(workspace, 'gateway', 'dist')), 'cli', 'main.js');
  if (dist === undefined) {
    const args = ['--prefix', workspace, 'run', '--silent', 'build'];
    await session.run({ name: 'npm run build', command: 'npm', args });
  }
  if (!existsSync(program)) throw new BenchError(`there is no compiled Sluice at ${program}`);
  return program;
}

/** A running gateway. */
export class Sluice {
  readonly child: Child;
  readonly port: number;
  readonly statusPort: number;
  /** Its configuration file, and the folder of it for further files. */
  readonly configFile: string;

  constructor(child: Child, port: number, statusPort: number, configFile: string) {
    this.child = child;
    this.port = port;
    this.statusPort = statusPort;
    this.configFile = configFile;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** GET on the status listener. */
  async fetchStatus(path: string): Promise<Response> {
    this.child.assertRunning();
    return fetch(`http://127.0.0.1:${this.statusPort}${path}`);
  }

  /**
   * Puts another configuration in and waits until every thread serves it.
   *
   * @returns how long that took, from the moment at which the file was in place, ms
   */
  async reload(document: object | string, patience = 120_000): Promise<number> {
    writeFileSync(`${this.configFile}.new`, toText(document));
    // It says so by itself: asking again and again would take from what it has to work with.
    const said = this.child.says(/configuration (loaded|refused).*\n/, patience);
    const start = performance.now();
    renameSync(`${this.configFile}.new`, this.configFile);
    this.child.signal('SIGHUP');
    const text = await said;
    if (text.includes('configuration refused')) throw new BenchError(`sluice: ${text}`);
    return performance.now() - start;
  }
}

/** Starts a gateway and resolves when it is ready. */
export async function startSluice(session: Session, options: SluiceOptions): Promise<Sluice> {
  const configFile = join(session.folder('sluice'), `gateway.${options.format ?? 'json'}`);
  writeFileSync(configFile, toText(options.document));
  const port = await unusedPort();
  const statusPort = await unusedPort();
  const child = session.start({
    name: 'sluice',
    command: process.execPath,
    args: [
      ...(options.nodeFlags ?? []),
      ...[options.program, 'start', '--config', configFile],
      ...['--proxy-listen', `127.0.0.1:${port} ${options.listen ?? ''}`],
      ...['--status-listen', `127.0.0.1:${statusPort}`],
      ...['--workers', String(options.workers), '--access-log', 'off'],
      ...['--log-level', 'info', '--admin-listen', 'off', ...(options.flags ?? [])],
    ],
    ...(options.cores === undefined ? {} : { cores: options.cores }),
  });
  const sluice = new Sluice(child, port, statusPort, configFile);
  await until('Sluice is ready', () => isReady(sluice), { timeout: options.patience ?? 60_000 });
  return sluice;
}

async function isReady(sluice: Sluice): Promise<boolean> {
  sluice.child.assertRunning();
  try {
    return (await sluice.fetchStatus('/status/ready')).ok;
  } catch {
    sluice.child.assertRunning();
    return false;
  }
}

function toText(document: object | string): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

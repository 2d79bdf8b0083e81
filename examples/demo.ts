/**
 * `npm run demo`: a small service, and Sluice in front of it. Everything listens on this machine only
 * and ends with Ctrl-C.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { humanLine } from '../gateway/src/control/gateway-log.ts';
import { startDemoService } from './demo-service.ts';

const ownConfiguration = fileURLToPath(new URL('demo.yaml', import.meta.url));
const launcher = fileURLToPath(new URL('../gateway/bin/sluice.js', import.meta.url));
/** As in demo.yaml. */
const usualServicePort = 9010;

async function main(): Promise<number> {
  let gateway: Gateway | null = null;
  let stopping = false;
  let stoppedAt = -Infinity;
  function stop(): void {
    // Of one Ctrl-C this process hears twice: from the terminal and from npm.
    if (performance.now() - stoppedAt < 1000) return;
    stoppedAt = performance.now();
    stopping = true;
    gateway?.process.kill('SIGTERM');
  }
  // Before anything is there: a signal must never find nobody to pass it on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  whenNpmIsGone(stop);

  const { service, port: servicePort } = await startService(usualServicePort);
  const configuration = configurationFor(servicePort);
  let code: number | null = null;
  for (let [proxyPort, statusPort] = [8000, 8007]; !stopping;) {
    proxyPort = await freePort(proxyPort);
    statusPort = await freePort(statusPort);
    gateway = startGateway(configuration.path, proxyPort, statusPort);
    const state = await gateway.state;
    if (state === 'serving') console.log(welcome(configuration.shown, proxyPort, statusPort));
    [code] = await gateway.ended;
    // Otherwise somebody was quicker, and the next ports may be free.
    if (state !== 'port taken') break;
  }
  service.closeAllConnections();
  service.close();
  configuration.remove();
  // A gateway that is told to end before it listens for signals has no status.
  return code ?? (stopping ? 0 : 1);
}

/** Starts the service on the port or the next one that is free. */
async function startService(wanted: number): Promise<{ service: Server; port: number }> {
  const port = await freePort(wanted);
  try {
    return { service: await startDemoService(port), port };
  } catch (error) {
    // Somebody was quicker.
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return startService(port);
    throw error;
  }
}

interface Configuration {
  readonly path: string;
  /** For the reader. */
  readonly shown: string;
  readonly remove: () => void;
}

/** demo.yaml, or a copy of it that leads to another port. */
function configurationFor(servicePort: number): Configuration {
  if (servicePort === usualServicePort) {
    return { path: ownConfiguration, shown: 'examples/demo.yaml', remove: () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
  const path = join(folder, 'demo.yaml');
  const text = readFileSync(ownConfiguration, 'utf8');
  writeFileSync(path, text.replaceAll(`:${usualServicePort}`, `:${servicePort}`));
  return { path, shown: path, remove: () => rmSync(folder, { recursive: true }) };
}

/** npm may be killed without a chance to pass the signal on. */
function whenNpmIsGone(then: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 250);
  timer.unref();
}

interface Gateway {
  readonly process: ChildProcess;
  /** What becomes of it, as soon as that is clear. */
  readonly state: Promise<'serving' | 'port taken' | 'ended'>;
  readonly ended: Promise<[code: number | null]>;
}

function startGateway(config: string, proxyPort: number, statusPort: number): Gateway {
  const settings = [
    ...['--config', config, '--watch', '--admin-listen', 'off'],
    ...['--proxy-listen', `127.0.0.1:${proxyPort}`],
    ...['--status-listen', `127.0.0.1:${statusPort}`],
  ];
  const gateway = spawn(process.execPath, [launcher, 'start', ...settings], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    // In a group of its own: of Ctrl-C it hears from here only. Over the channel it notices should
    // this process be killed.
    detached: true,
    env: { ...process.env, SLUICE_LAUNCHER: String(process.pid) },
  });
  const state = Promise.withResolvers<Awaited<Gateway['state']>>();
  createInterface(gateway.stderr as Readable).on('line', (line) => {
    process.stderr.write(readable(line));
    if (line.includes('"listening on http://')) state.resolve('serving');
    if (line.includes('the address is in use')) state.resolve('port taken');
  });
  const ended = once(gateway, 'close') as Gateway['ended'];
  void ended.then(() => state.resolve('ended'));
  return { process: gateway, state: state.promise, ended };
}

/** A line of the gateway's log, for people. */
function readable(line: string): string {
  const colour = isatty(2) && process.env['NO_COLOR'] === undefined;
  return line.startsWith('{') ? humanLine(line, colour) : `${line}\n`;
}

/** The port itself, or the next one that nobody listens on. */
async function freePort(port: number): Promise<number> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) {
    console.log(`Port ${port} is taken, trying ${port + 10}.`);
    return freePort(port + 10);
  }
  server.close();
  await once(server, 'close');
  return port;
}

function welcome(configuration: string, proxyPort: number, statusPort: number): string {
  const url = `http://127.0.0.1:${proxyPort}`;
  return `
Sluice serves ${configuration}. Try in another terminal:

  a public route          curl -i ${url}/hello
  a route with a key      curl -i ${url}/private -H 'apikey: anna-demo-key'
  one over its limit      for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{http_code}\\n' ${url}/limited; done

Edit ${configuration}: what you save is live at once. Metrics: http://127.0.0.1:${statusPort}/metrics
Below is the access log, a line for each request. Ctrl-C ends everything.
`;
}

process.exitCode = await main();

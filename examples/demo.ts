/**
 * `npm run demo`: a small service, and Sluice in front of it. Everything listens on this machine only
 * and ends with Ctrl-C.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startDemoService } from './demo-service.ts';

const configuration = fileURLToPath(new URL('demo.yaml', import.meta.url));
const launcher = fileURLToPath(new URL('../gateway/bin/sluice.js', import.meta.url));
/** As in demo.yaml. */
const servicePort = 9010;

async function main(): Promise<number> {
  const service = await startDemoService(servicePort).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    console.error(
      `The demo service needs port ${servicePort}, which is taken. Is another demo running?\n` +
        `Else choose another port, both in examples/demo.yaml and in examples/demo.ts.`,
    );
    return undefined;
  });
  if (service === undefined) return 1;

  const proxyPort = await freePort(8000);
  const statusPort = await freePort(8007);
  const gateway = startGateway(proxyPort, statusPort);
  const ended = once(gateway, 'exit') as Promise<[code: number | null]>;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => gateway.kill('SIGTERM'));
  }

  if (await isReady(gateway, statusPort)) console.log(welcome(proxyPort, statusPort));
  const [code] = await ended;
  service.closeAllConnections();
  service.close();
  return code ?? 1;
}

function startGateway(proxyPort: number, statusPort: number): ChildProcess {
  const settings = [
    ...['--config', configuration, '--watch'],
    ...['--proxy-listen', `127.0.0.1:${proxyPort}`],
    ...['--status-listen', `127.0.0.1:${statusPort}`],
  ];
  return spawn(process.execPath, [launcher, 'start', ...settings], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // In a group of its own: of Ctrl-C it hears from here only. Over the channel it notices should
    // this process be killed.
    detached: true,
    env: { ...process.env, SLUICE_LAUNCHER: String(process.pid) },
  });
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

/** Waits until the gateway serves; false when it ended before. */
async function isReady(gateway: ChildProcess, statusPort: number): Promise<boolean> {
  while (gateway.exitCode === null && gateway.signalCode === null) {
    const answer = await fetch(`http://127.0.0.1:${statusPort}/status/ready`).catch(() => null);
    if (answer?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function welcome(proxyPort: number, statusPort: number): string {
  const url = `http://127.0.0.1:${proxyPort}`;
  return `
Sluice serves examples/demo.yaml. Try in another terminal:

  a public route          curl -i ${url}/hello
  a route with a key      curl -i ${url}/private -H 'apikey: anna-demo-key'
  one over its limit      for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{http_code}\\n' ${url}/limited; done

Edit examples/demo.yaml: what you save is live at once. Metrics: http://127.0.0.1:${statusPort}/metrics
Below is the access log, a line for each request. Ctrl-C ends everything.
`;
}

process.exitCode = await main();

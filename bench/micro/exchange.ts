/**
 * What a request costs by itself: from the bytes of the client to those of the response, through a
 * proxy thread whose sockets do nothing. Without the system between the requests more stays in the
 * caches than in service, so this tells two versions apart rather than what a request takes.
 * Usage: node bench/micro/exchange.ts [scenario of `npm run bench`] [rounds]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeclarativeReader } from '../../gateway/src/config/reader.ts';
import { DeltaChunks } from '../../gateway/src/control/threads/delta-chunks.ts';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';
import { ClientConnection } from '../../gateway/src/proxy/client/http1-connection.ts';
import type { Wire } from '../../gateway/src/proxy/net/wire.ts';
import { TlsContexts } from '../../gateway/src/proxy/net/tls-contexts.ts';
import { PlanApplier } from '../../gateway/src/proxy/plan/applier.ts';
import { openTelemetry } from '../../gateway/src/proxy/thread-telemetry.ts';
import { ProxyThread } from '../../gateway/src/proxy/thread.ts';
import { ConnectionPool } from '../../gateway/src/proxy/upstream/connection-pool.ts';
import type { Dialer } from '../../gateway/src/proxy/upstream/dialer.ts';
import { Resolver } from '../../gateway/src/proxy/upstream/dns/resolver.ts';
import { ThreadHealth } from '../../gateway/src/proxy/upstream/health/thread-health.ts';
import { Transports } from '../../gateway/src/proxy/upstream/transports.ts';
import { Trust } from '../../gateway/src/proxy/upstream/tls/trust.ts';
import { withHashedPasswords } from '../../gateway/src/entities/hashed-passwords.ts';
import { resolveOptions } from '../../gateway/src/settings/resolve.ts';
import { toNodeSettings } from '../../gateway/src/settings/settings.ts';
import { createCounterMemory, SharedCounterTable } from '../../gateway/src/shm/counter-table.ts';
import { createMetricMemory } from '../../gateway/src/shm/metric-block.ts';
import { createHealthMemory } from '../../gateway/src/shm/target-health.ts';
import type { Change } from '../../gateway/src/snapshot/records.ts';
import { delta } from '../../gateway/src/snapshot/delta.ts';
import { createSnapshot } from '../../gateway/src/snapshot/snapshot.ts';
import { metricCells } from '../../gateway/src/telemetry/series-allocator.ts';
import { INTROSPECTED_USER } from '../lib/backend.ts';
import { fill, firstHeaders, KEY_FIELD } from '../lib/load.ts';
import { scenarios } from '../lib/scenarios.ts';

const TURNS = 500;
const MOST_REQUESTS = 65_536;
const RESPONSE = Buffer.from(
  'HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Fri, 27 Nov 2026 01:19:11 GMT\r\n' +
    'Content-Type: application/json\r\nContent-Length: 15\r\nConnection: keep-alive\r\n\r\n' +
    '{"hello":"you"}',
);

const [name = 'public', rounds = '20'] = process.argv.slice(2);
const variant = scenarios.find((scenario) => scenario.name === name)?.sluices[0];
if (variant === undefined) throw new Error(`there is no scenario ${name}`);
const load = variant.load ?? scenarios.find((scenario) => scenario.name === name)!.load;

const peer = await startPeer();
const settings = toNodeSettings(resolveOptions({ config: 'kong.json', 'access-log': 'off' }, {}));
const thread = await startThread();
const { warmUp, turn } = connect(load.connections, requestsOf());
await warmUp(load.credentials?.values.length ?? 1);

/** The least is told: whatever else runs on the machine only adds to it. */
let least = Infinity;
for (let round = 0; round < Number(rounds); round++) {
  const before = process.threadCpuUsage();
  for (let i = 0; i < TURNS; i++) turn();
  const { user, system } = process.threadCpuUsage(before);
  least = Math.min(least, ((user + system) * 1000) / (TURNS * load.connections));
  await new Promise(setImmediate);
}
console.log(`${name}: ${least.toFixed(0)} ns a request`);
process.exit();

/** A server that plugins may ask, which answers as the backend of the benchmark does. */
async function startPeer(): Promise<number> {
  const text = JSON.stringify({ active: true, username: INTROSPECTED_USER, scope: 'orders' });
  const server = createServer((_request, response) => void response.end(text));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  return (server.address() as AddressInfo).port;
}

/** A proxy thread that serves the document of the scenario. */
async function startThread(): Promise<ProxyThread> {
  const seed = {
    threadIndex: 0,
    settings,
    counters: createCounterMemory(settings.counterSlots),
    health: createHealthMemory(1024),
    metrics: createMetricMemory(metricCells(settings.metricsMaxSeries)),
    nodeId: '',
    tls: null,
    upstreamTls: { authorities: null, certificate: null },
  };
  const ignore = (): void => undefined;
  const log = { debug: ignore, info: ignore, warn: console.error, error: console.error };
  const telemetry = openTelemetry(seed, ignore);
  const made = new ProxyThread({ settings, version: '0', post: ignore, ...telemetry });
  const noTls = { defaults: [], ticketKeys: null, clientAuthorities: null };
  const applier = new PlanApplier({
    plugins: [...bundledPlugins.values()],
    resolver: new Resolver({ now: () => made.clock.wall, onError: console.error }),
    transports: new Transports(settings, new Trust(seed.upstreamTls)),
    contexts: new TlsContexts(settings.tls, noTls, console.error),
    counters: new SharedCounterTable(seed.counters),
    health: new ThreadHealth(seed.health),
    log,
    metrics: telemetry.metrics,
    now: () => made.clock.wall,
    post: ignore,
    onPlan: (plan) => made.usePlan(plan),
  });
  for (const [index, changes] of piecesOfDocument().entries()) {
    applier.stage({ type: 'changes', seq: index, changes });
    await new Promise(setImmediate);
  }
  await applier.commit({ type: 'commit', revision: 1, hash: '' });
  telemetry.metrics.setPerConsumer(made.plan.countsByConsumer);
  return made;
}

function piecesOfDocument(): string[] {
  const text = JSON.stringify(variant!.document(peer));
  const read = new DeclarativeReader('kong.json', { plugins: bundledPlugins }).read(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems[0]));
  const entities = withHashedPasswords(read.entities);
  const changes: Iterable<Change> = delta(null, createSnapshot(entities, 1));
  const next = new DeltaChunks(changes).join();
  const pieces: string[] = [];
  for (let piece = next(); piece !== undefined; piece = next()) pieces.push(piece);
  return pieces;
}

/** Heads as the load sends them, chosen at random where they differ. */
function requestsOf(): Buffer[] {
  const { path, paths, key, keys = 1, credentials } = load;
  const several = paths > 1 || keys > 1 || credentials !== undefined;
  const random = (count: number): number => Math.floor(Math.random() * count);
  return Array.from({ length: several ? MOST_REQUESTS : 1 }, (_, n) => {
    const headers: Record<string, string> = { Host: '127.0.0.1:8000', ...firstHeaders(load) };
    if (key !== undefined) headers[KEY_FIELD] = fill(key, random(keys));
    if (credentials !== undefined) {
      const { field, values } = credentials;
      // Each of them among the first ones, by which the gateway is warmed up.
      headers[field] = values[n < values.length ? n : random(values.length)]!;
    }
    const lines = Object.entries(headers).map(([field, value]) => `${field}: ${value}\r\n`);
    return Buffer.from(
      `GET ${fill(path, random(paths))} HTTP/1.1\r\n${lines.join('')}\r\n`,
      'latin1',
    );
  });
}

/**
 * @returns `turn` lets every client ask once, and all upstreams answer then; `warmUp` sends the first
 *   requests one by one, which may wait for something
 */
function connect(
  clients: number,
  requests: readonly Buffer[],
): { warmUp: (count: number) => Promise<void>; turn: () => void } {
  const { buffer } = thread;
  const scratch = Buffer.alloc(buffer.length);
  let answered = 0;
  let asked: ((length: number) => boolean)[] = [];

  /** A socket that takes what is written, as the system would, and forgets it. */
  function wire(onWrite: () => void): Wire {
    const nothing = (): void => undefined;
    const methods = ['attend', 'setNoDelay', 'resume', 'pause', 'cork', 'uncork', 'destroy', 'end'];
    return {
      ...Object.fromEntries(methods.map((method) => [method, nothing])),
      ...{ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', remotePort: 4711 },
      ...{ destroyed: false, untaken: 0, isBehind: false },
      on(event: string, listener: () => void) {
        if (event === 'connect') queueMicrotask(listener);
      },
      writeText(text: string) {
        scratch.write(text, 'latin1');
        onWrite();
        return true;
      },
    } as unknown as Wire;
  }

  const dialer: Dialer = {
    scheme: 'http',
    readyEvent: 'connect',
    namesClient: false,
    dial: ({ callback }) => wire(() => asked.push(callback)),
    spokenOn: () => 'http/1.1',
    isTlsFailure: () => false,
  };
  const pool = new ConnectionPool(thread, dialer);
  thread.poolFor = () => pool;
  const connections = Array.from({ length: clients }, () => {
    const open = (): Wire => wire(() => answered++);
    const arrival = { localPort: 8000, proxied: null, tls: null, rest: null, open };
    return new ClientConnection(thread, arrival, false);
  });

  function ask(connection: ClientConnection, request: Buffer): void {
    request.copy(buffer);
    connection.onRead(request.length);
  }

  function answerAll(): void {
    const answering = asked;
    asked = [];
    for (const read of answering) {
      RESPONSE.copy(buffer);
      read(RESPONSE.length);
    }
  }

  let position = 0;
  return {
    async warmUp(count) {
      for (const request of requests.slice(0, count)) {
        answered = 0;
        ask(connections[0]!, request);
        while (answered === 0) {
          await new Promise(setImmediate);
          answerAll();
        }
      }
    },
    turn() {
      answered = 0;
      for (const connection of connections)
        ask(connection, requests[position++ % requests.length]!);
      answerAll();
      if (answered !== clients) throw new Error(`${answered} answers to ${clients} requests`);
    },
  };
}

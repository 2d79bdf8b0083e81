import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Nginx, proxyPass, proxySite, startNginx } from './nginx.ts';
import { startHaproxy } from './haproxy.ts';
import type { BenchOptions } from './options.ts';
import { BASE, type NginxVariant, type Scenario, type SluiceVariant } from './scenario.ts';
import type { Load } from './load.ts';
import type { Session } from './session.ts';
import { startSluice } from './sluice.ts';

/** With a million keys, and all threads on one core, ms. */
const LONGEST_START = 10 * 60_000;

/** A running server that is measured. */
export interface Contestant {
  readonly name: string;
  readonly url: string;
  /** First of its processes; null for the backend itself, which shares its core with the load. */
  readonly pid: number | null;
  readonly load: Load;
  /** Whether it knows keys, and so must refuse requests without one. */
  readonly guarded: boolean;
  /** File with a line for each request. */
  readonly accessLog?: string;
  stop(): Promise<void>;
}

export interface Arena {
  readonly session: Session;
  readonly options: BenchOptions;
  /** The compiled Sluice. */
  readonly program: string;
  readonly backend: Nginx;
  readonly haproxy: boolean;
}

/** Starts everything that takes part in a scenario. */
export async function startContestants(arena: Arena, scenario: Scenario): Promise<Contestant[]> {
  const { options, backend, session } = arena;
  await scenario.prepare?.(session, options.cores.load);
  const none = (): Promise<void> => Promise.resolve();
  const open = { load: scenario.load, guarded: false };
  const contestants: Contestant[] = [
    { ...open, name: 'direct', url: backend.url, pid: null, stop: none },
    await startPlainNginx(arena, scenario),
  ];
  if (scenario.nginx) contestants.push(await startNginxVariant(arena, scenario, scenario.nginx));
  for (const variant of scenario.sluices) {
    contestants.push(await startVariant(arena, scenario, variant));
  }
  if (arena.haproxy) {
    const { child, url } = await startHaproxy(arena.session, backend.port, options.cores.proxy);
    contestants.push({ ...open, name: 'HAProxy', url, pid: child.pid, stop: () => child.stop() });
  }
  for (const peer of options.peers) {
    contestants.push({ ...open, ...peer, guarded: scenario.guarded, stop: none });
  }
  return scenario.logIn === undefined ? contestants : loggedIn(contestants, scenario.logIn);
}

/** All of them get what the clients of Sluice send, so that requests are equally long. */
async function loggedIn(
  contestants: readonly Contestant[],
  logIn: NonNullable<Scenario['logIn']>,
): Promise<Contestant[]> {
  const own = contestants.find(({ name }) => name === 'Sluice');
  const load = await logIn(Number(new URL(own?.url ?? '').port));
  return contestants.map((contestant) => ({ ...contestant, load }));
}

async function startPlainNginx(arena: Arena, scenario: Scenario): Promise<Contestant> {
  const { child, url } = await startNginx(arena.session, {
    name: BASE,
    core: arena.options.cores.proxy,
    ...proxySite(arena.backend.port),
  });
  const { pid } = child;
  return { name: BASE, url, pid, load: scenario.load, guarded: false, stop: () => child.stop() };
}

async function startNginxVariant(
  arena: Arena,
  scenario: Scenario,
  variant: NginxVariant,
): Promise<Contestant> {
  const folder = arena.session.folder('nginx-variant');
  const { http = [] } = proxySite(arena.backend.port);
  const { child, url } = await startNginx(arena.session, {
    name: variant.name,
    core: arena.options.cores.proxy,
    http: [...http, ...variant.http(folder)],
    server: ['location / {', ...variant.location(folder), ...proxyPass, '}'],
  });
  return {
    name: variant.name,
    url,
    pid: child.pid,
    load: scenario.load,
    guarded: true,
    ...logIn(folder, scenario),
    stop: () => child.stop(),
  };
}

async function startVariant(
  arena: Arena,
  scenario: Scenario,
  variant: SluiceVariant,
): Promise<Contestant> {
  const folder = arena.session.folder('sluice-variant');
  const sluice = await startSluice(arena.session, {
    program: arena.program,
    document: variant.document(arena.backend.port, arena.options.quick),
    workers: variant.workers,
    cores: String(arena.options.cores.proxy),
    patience: LONGEST_START,
    flags: variant.flags?.(folder) ?? [],
  });
  return {
    name: variant.name,
    url: sluice.url,
    pid: sluice.child.pid,
    load: variant.load ?? scenario.load,
    guarded: scenario.guarded,
    ...logIn(folder, scenario),
    stop: () => sluice.child.stop(),
  };
}

function logIn(folder: string, scenario: Scenario): { accessLog?: string } {
  if (scenario.accessLog === undefined) return {};
  const accessLog = join(folder, scenario.accessLog);
  appendFileSync(accessLog, '');
  return { accessLog };
}

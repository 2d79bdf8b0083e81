import { hostname } from 'node:os';
import { StoreUnavailable } from '../../store/contract.ts';
import { version } from '../../version.ts';
import { allOf } from '../entities/all-of.ts';
import type { Endpoint } from '../endpoint.ts';
import { settingsForKong } from './node-settings.ts';
import { reading } from './operations.ts';
import type { FixedParts } from './parts.ts';
import { timerCount } from './timers.ts';

/** The version of Kong whose Admin API this is: clients choose by it what they send. */
export const kongVersion = '3.9.3';

/** `GET /`: what the node is. */
export function infoEndpoint(parts: FixedParts): Endpoint {
  return {
    path: '/',
    methods: { GET: reading('Tell about the node', () => information(parts)) },
  };
}

async function information(parts: FixedParts): Promise<object> {
  const { live, node } = parts;
  const available = [...live.plugins.values()].map(
    ({ name, version: ofPlugin, priority }) => [name, { version: ofPlugin, priority }] as const,
  );
  return {
    version: kongVersion,
    edition: 'community',
    tagline: 'Welcome to kong',
    sluice: {
      version,
      revision: live.current.revision,
      store: live.mode === 'file' ? 'file' : live.store.kind,
    },
    hostname: hostname(),
    node_id: node.nodeId,
    plugins: {
      available_on_server: Object.fromEntries(available),
      enabled_in_cluster: await pluginsInUse(parts),
    },
    configuration: settingsForKong(parts),
    lua_version: `none (Node.js ${process.versions.node})`,
    pids: { master: process.pid, workers: [process.pid] },
    timers: { pending: timerCount(), running: 0 },
  };
}

/** Asked of the store, which knows of a change before the node serves it, unless it is away. */
async function pluginsInUse({ live }: FixedParts): Promise<string[]> {
  const names = new Set<string>();
  try {
    for await (const { name } of allOf(live.store.read, 'plugins')) names.add(name);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    for (const { name } of live.current.tables.plugins.values()) names.add(name);
  }
  return [...names].sort();
}

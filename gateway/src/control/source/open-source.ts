import { join } from 'node:path';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { withoutPassword } from '../../settings/admin-kinds.ts';
import type { NodeSettings } from '../../settings/node-settings.ts';
import type { StoreSettings } from '../../settings/store-settings.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';
import type { TokenStore } from '../../store/contract.ts';
import { exposedIn, prepareDataFolder } from '../../store/data-folder.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { TokenFile } from '../../store/memory/token-file.ts';
import { openStore, type StoreTarget } from '../../store/open-store.ts';
import { SnapshotFile } from '../disk/snapshot-file.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { ConfigurationFile } from '../load.ts';
import { createJudgement } from '../trial/create-judgement.ts';
import { Runnable } from '../trial/runnable.ts';
import { CaveatWatch } from './caveat-watch.ts';
import { ConfigurationCaveats } from './configuration-caveats.ts';
import { doorsOf } from './doors.ts';
import { FileSource } from './file-source.ts';
import type { ConfigurationSource, Publish } from './source.ts';
import { StoreSource } from './store-source.ts';

export interface OpenedSource {
  readonly source: ConfigurationSource;
  /** Null when nobody is asked for a token. */
  readonly tokens: TokenStore | null;
  /** The node's own directory; null when it needs none. */
  readonly folder: string | null;
}

/** Where the tokens of a node are kept whose configuration comes from a file. */
export function tokenFileIn(folder: string): string {
  return join(folder, 'tokens.json');
}

/** Which store these settings mean. */
export function storeTarget({ data, database }: StoreSettings): StoreTarget {
  return database === null
    ? { kind: 'sqlite', folder: data }
    : { kind: 'postgres', url: database.url, poolSize: database.poolSize };
}

/**
 * Opens what the configuration of a node comes from. A file is read, a store is not yet.
 *
 * @throws OperatorError, or ConfigurationError naming all that is wrong with a file
 */
export async function openSource(
  settings: NodeSettings,
  publish: Publish,
  log: GatewayLog,
): Promise<OpenedSource> {
  const runnable = new Runnable(knownPlugins, bundledPlugins);
  const isFile = settings.config !== null;
  const ignored = settings.allowUnsupportedPlugins;
  const unrunnable: UnrunnablePlugins = {
    // A file with settings that are not supported is refused as a whole.
    includes:
      isFile || ignored
        ? ({ name }) => !bundledPlugins.has(name)
        : (plugin) => runnable.problemOf(plugin) !== null,
    missesStreams: ({ name }) => {
      const plugin = bundledPlugins.get(name);
      return plugin?.handlesStreams !== true && plugin?.leavesStreamsAlone !== true;
    },
    ignored,
  };
  const caveats = new ConfigurationCaveats(
    unrunnable,
    bundledPlugins,
    doorsOf(settings),
    settings.heldBodies,
  );
  const parts = {
    plugins: knownPlugins,
    unrunnable,
    judgement: createJudgement(ignored, runnable),
    caveats: new CaveatWatch(log, (tables) => caveats.in(tables)),
    publish,
    log,
  };
  return settings.config === null
    ? openStoreSource(settings, parts)
    : openFileSource(settings, settings.config, parts);
}

type Parts = Omit<ConstructorParameters<typeof StoreSource>[0], 'store' | 'copy'>;

async function openFileSource(
  { admin, data }: NodeSettings,
  config: string,
  parts: Parts,
): Promise<OpenedSource> {
  const file = new ConfigurationFile(config, parts.unrunnable, parts.log);
  // Before anything is made for it: nothing is left behind by a file that cannot be served.
  const read = await file.load(1);
  if (admin.listen.length === 0 || !admin.auth) {
    const mirror = admin.listen.length === 0 ? null : new MemoryStore();
    return { source: new FileSource({ ...parts, file, read, mirror }), tokens: null, folder: null };
  }
  useFolder(data, parts.log);
  const tokens = new TokenFile(tokenFileIn(data));
  const mirror = new MemoryStore({ tokens });
  return { source: new FileSource({ ...parts, file, read, mirror }), tokens, folder: data };
}

async function openStoreSource(
  { admin, data, database }: NodeSettings,
  parts: Parts,
): Promise<OpenedSource> {
  const { log } = parts;
  useFolder(data, log);
  const copy =
    database === null
      ? null
      : new SnapshotFile({
          path: join(data, 'snapshot.gz'),
          origin: originOf(database.url),
          log,
        });
  // Before the store is opened, which may make one.
  const mark = await copy?.mark();
  const isKnown = mark?.isOurs === true;
  const store = await openStore(storeTarget({ data, database }), { isKnown, log });
  const source = new StoreSource({ ...parts, store, copy });
  const asksForTokens = admin.listen.length > 0 && admin.auth;
  return { source, tokens: asksForTokens ? store.tokens : null, folder: data };
}

function useFolder(folder: string, log: GatewayLog): void {
  prepareDataFolder(folder);
  for (const warning of exposedIn(folder)) log.warn(warning);
}

/** Which database it is, whoever connects and however. */
function originOf(database: string): string {
  const { host, pathname, searchParams } = new URL(withoutPassword(database));
  const place = [searchParams.get('host') ?? host, searchParams.get('port')];
  return `postgres://${place.filter((part) => part !== null).join(':')}${pathname}`;
}

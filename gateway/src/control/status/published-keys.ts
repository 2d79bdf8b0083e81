import type { EntityTables } from '../../entities/tables.ts';
import type { PublishedKey } from '../../plugin/plugin.ts';
import { bundledPlugins } from '../../plugins/bundled.ts';

const known = new WeakMap<EntityTables['plugins'], readonly PublishedKey[]>();

/**
 * The public keys with which services verify what plugins add to requests: those of every instance
 * that is enabled, each once. Worked out once for each configuration.
 */
export function publishedKeys(plugins: EntityTables['plugins']): readonly PublishedKey[] {
  let keys = known.get(plugins);
  if (keys === undefined) {
    keys = [...collect(plugins).values()];
    known.set(plugins, keys);
  }
  return keys;
}

function collect(plugins: EntityTables['plugins']): Map<string, PublishedKey> {
  const keys = new Map<string, PublishedKey>();
  for (const { name, enabled, config } of plugins.values()) {
    const publish = bundledPlugins.get(name)?.publicKeys;
    if (!enabled || publish === undefined) continue;
    for (const key of publish(config as never)) keys.set(JSON.stringify(key), key);
  }
  return keys;
}

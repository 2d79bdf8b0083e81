import type { Change, PluginRecord } from '../../snapshot/records.ts';
import type { Revision } from '../threads/feed.ts';
import type { Trouble } from './trouble.ts';

/** A configuration of plugins. */
export interface Plugins extends Revision {
  readonly plugins: readonly PluginRecord[];
}

export function plugins(revision: number, troubles: readonly Trouble[]): Plugins {
  return {
    revision,
    hash: `hash ${revision}`,
    plugins: troubles.map((how) => ({
      id: `trouble ${how}`,
      name: 'trouble',
      protocols: ['http'],
      config: { how },
    })),
  };
}

export function* pluginDelta(from: Plugins | null, to: Plugins): Generator<Change> {
  for (const record of to.plugins) {
    if (from?.plugins.some(({ id }) => id === record.id)) continue;
    yield { kind: 'plugins', op: 'put', record };
  }
  for (const { id } of from?.plugins ?? []) {
    if (to.plugins.some((record) => record.id === id)) continue;
    yield { kind: 'plugins', op: 'delete', id };
  }
}

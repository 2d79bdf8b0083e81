import { caveatsOf } from '../../config/caveats.ts';
import { storedCaveats } from '../../config/stored-caveats.ts';
import type { EntityTables } from '../../entities/tables.ts';
import type { AnyPlugin } from '../../plugin/plugin.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';

/**
 * What of a configuration has less effect than its author may expect.
 *
 * @param running plugins that threads run
 * @param takesTls whether clients can come with TLS
 */
export function configurationCaveats(
  tables: EntityTables,
  unrunnable: UnrunnablePlugins,
  running: ReadonlyMap<string, AnyPlugin>,
  takesTls: boolean,
): string[] {
  const blocking = blockingPlugins(tables, unrunnable);
  const others = storedCaveats(tables, running).filter(
    ({ subject }) => !blocking.has(/^plugin ([^:]+)/.exec(subject)?.[1] ?? ''),
  );
  return [
    ...[...caveatsOf(tables, takesTls), ...others].map(({ message }) => message),
    ...[...blocking].map(
      ([name, count]) =>
        `plugin '${name}'${count > 1 ? ` (${count} times)` : ''} cannot run as it is configured: ` +
        'routes on which it would run answer 503 (unless --allow-unsupported-plugins)',
    ),
  ];
}

/** Names of plugins that cannot run and are not left out, and how often they are configured. */
function blockingPlugins(
  { plugins }: EntityTables,
  { includes, ignored }: UnrunnablePlugins,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (ignored) return found;
  for (const plugin of plugins.values()) {
    if (plugin.enabled && includes(plugin)) {
      found.set(plugin.name, (found.get(plugin.name) ?? 0) + 1);
    }
  }
  return found;
}

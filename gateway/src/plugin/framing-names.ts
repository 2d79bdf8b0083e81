import type { PluginLog } from './plugin.ts';

/** Fields that frame a message or belong to one connection: the gateway sets them alone. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @param lower the name in lower case */
export function isFramingField(lower: string): boolean {
  return FRAMING.has(lower);
}

/**
 * Tells the operator of configured names that have no effect, since the gateway alone sets them.
 *
 * @param isOwn which names these are
 */
export function warnOfOwnFields(
  names: readonly string[],
  isOwn: (name: string) => boolean,
  log: PluginLog,
): void {
  const own = [...new Set(names.filter(isOwn))];
  if (own.length === 0) return;
  log.warn(`headers that the gateway alone sets are left as they are: ${own.join(', ')}`, {
    help: 'They say where a message ends, or what only the gateway knows. Take them out of the configuration.',
  });
}

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

/** @param name in lower case */
export function isFramingField(name: string): boolean {
  return FRAMING.has(name);
}

/** Tells the operator of configured names that have no effect, since they frame messages. */
export function warnOfFraming(names: readonly string[], log: PluginLog): void {
  const framing = names.filter((name) => isFramingField(name.toLowerCase()));
  if (framing.length === 0) return;
  log.warn(`headers that the gateway alone sets are left as they are: ${framing.join(', ')}`, {
    help: 'They say where a message ends or belong to one connection. Take them out of the configuration.',
  });
}

import type { PluginLog } from './plugin.ts';

/**
 * The status that a plugin may answer with. Kong's schemas take any number; what is no status of a
 * final response would break the connection, so `fallback` is used and the operator told.
 *
 * @param configured as configured; null for none
 */
export function finalStatus(configured: number | null, fallback: number, log: PluginLog): number {
  if (configured === null) return fallback;
  if (Number.isInteger(configured) && configured >= 200 && configured <= 599) return configured;
  log.warn(`${configured} is no status for a response: answering with ${fallback}`, {
    help: 'Configure a whole number from 200 to 599.',
  });
  return fallback;
}

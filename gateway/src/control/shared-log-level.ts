import type { Store } from '../store/contract.ts';
import type { LogLevelSwitch } from './log-level.ts';

type Messages = Pick<Store, 'send' | 'hear'>;

/**
 * Changes the log level of all nodes on a store.
 *
 * @param seconds after which each has the level again that it was configured with; 0 is never
 * @throws StoreUnavailable
 */
export function sendLogLevel(store: Messages, name: string, seconds: number): Promise<void> {
  return store.send(JSON.stringify({ log_level: name, seconds }));
}

/** Has the log level of this node change with that of all. Messages that say something else are passed over. */
export function followLogLevel(store: Messages, logLevel: LogLevelSwitch): void {
  store.hear((message) => {
    const { log_level: name, seconds } = fieldsIn(message);
    if (typeof name !== 'string' || typeof seconds !== 'number') return;
    if (logLevel.has(name) && seconds >= 0) logLevel.change(name, seconds);
  });
}

function fieldsIn(message: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(message) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    // Another version of Sluice may have something else to say.
    return {};
  }
}

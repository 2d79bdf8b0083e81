import type { LeveledLog, LogLevel } from './gateway-log.ts';

/** Kong's levels, and what they are in the gateway's own log. */
const levels: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  error: 'error',
  crit: 'error',
  alert: 'error',
  emerg: 'error',
};

/** Longest time for which a level can be changed, s: what a timer can wait. */
export const LONGEST_CHANGE = 2_147_483;

/** Changes the least severe message of the gateway's log for a time; then it is as configured. */
export class LogLevelSwitch {
  readonly #log: LeveledLog;
  readonly #configured: LogLevel;
  #current: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: LeveledLog) {
    this.#log = log;
    this.#configured = log.level;
    this.#current = log.level;
  }

  /** The level by the name under which it was set. */
  get current(): string {
    return this.#current;
  }

  /** Whether there is a level of this name. */
  has(name: string): boolean {
    return Object.hasOwn(levels, name);
  }

  /**
   * @param name one that `has` knows
   * @param seconds after which the configured level is back; 0 is never
   */
  change(name: string, seconds: number): void {
    clearTimeout(this.#timer);
    this.#set(name, levels[name] ?? this.#configured);
    if (seconds === 0) return;
    const back = (): void => this.#set(this.#configured, this.#configured);
    this.#timer = setTimeout(back, Math.min(seconds, LONGEST_CHANGE) * 1000).unref();
  }

  #set(name: string, level: LogLevel): void {
    this.#log.warn(`log level: ${name}`);
    this.#current = name;
    this.#log.level = level;
  }
}

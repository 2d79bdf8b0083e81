import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import pino from 'pino';
import type { PluginLog } from '../plugin/plugin.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The gateway's own log: what happens to the node, not to single requests. */
export type GatewayLog = PluginLog;

/** A log whose least severe message can be chosen while it runs. */
export interface LeveledLog extends GatewayLog {
  level: LogLevel;
}

export interface GatewayLogOptions {
  readonly level: LogLevel;
  /** File descriptor; 2 is stderr. */
  readonly fd?: number;
  /** Lines for people rather than JSON; as the descriptor is a terminal or not when absent. */
  readonly human?: boolean;
}

/**
 * Opens the log. Every line is written before the call returns, so that the last words of a process
 * that ends are not lost; only the control thread logs here, which no request waits for.
 */
export function openGatewayLog({ level, fd = 2, human }: GatewayLogOptions): LeveledLog {
  const toLine = (human ?? isatty(fd)) ? humanLine : (json: string) => json;
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (json: string) => writeAll(fd, toLine(json)) },
  );
  return {
    get level() {
      return logger.level as LogLevel;
    },
    set level(level) {
      logger.level = level;
    },
    debug: (message, details) => logger.debug(details ?? {}, message),
    info: (message, details) => logger.info(details ?? {}, message),
    warn: (message, details) => logger.warn(details ?? {}, message),
    error: (message, details) => logger.error(details ?? {}, message),
  };
}

/** A log that adds `bindings` to each of its lines. */
export function withDetails(log: GatewayLog, bindings: object): GatewayLog {
  return {
    debug: (message, details) => log.debug(message, { ...bindings, ...details }),
    info: (message, details) => log.info(message, { ...bindings, ...details }),
    warn: (message, details) => log.warn(message, { ...bindings, ...details }),
    error: (message, details) => log.error(message, { ...bindings, ...details }),
  };
}

const COLOURS: Readonly<Record<string, string>> = {
  debug: '\x1b[2m',
  info: '\x1b[32m',
  warn: '\x1b[33m',
  error: '\x1b[31m',
};

/** `12:00:00.123 warn  message  key=value`, for eyes. */
export function humanLine(json: string, colour = process.env['NO_COLOR'] === undefined): string {
  const { level, time, message, ...details } = JSON.parse(json) as {
    level: string;
    time: string;
    message?: string;
  };
  const label = level.padEnd(5);
  const head = colour ? `${COLOURS[level] ?? ''}${label}\x1b[0m` : label;
  const tail = Object.entries(details)
    .map(([key, value]) => `  ${key}=${readable(value)}`)
    .join('');
  // Texts may come from clients; they must not steer the terminal.
  const text = ((message ?? '') + tail).replace(/\p{Cc}/gu, escapeControl);
  return `${time.slice(11, 23)} ${head} ${text}\n`;
}

function escapeControl(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function readable(value: unknown): string {
  return typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
}

/** Writes all of it, waiting where the descriptor is a full pipe. What has nowhere to go is dropped. */
function writeAll(fd: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

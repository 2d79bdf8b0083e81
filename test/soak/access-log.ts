import { createReadStream, existsSync, renameSync, rmSync } from 'node:fs';
import type { Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { openFiles } from './process-watch.ts';

/** Counts the lines of a gateway's access log and throws them away, as log rotation does. */
export class AccessLogCounter {
  #counted = 0;
  readonly #gateway: Gateway;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Moves the file away, has it opened anew, and counts what was in it. */
  async rotate(): Promise<void> {
    const { accessLogFile } = this.#gateway;
    const moved = `${accessLogFile}.old`;
    renameSync(accessLogFile, moved);
    this.#gateway.signal('SIGUSR2');
    await until('the access log is opened anew', () => existsSync(accessLogFile));
    // Every thread opens its own: what is written until the last one did still goes to the old one.
    await until(
      'nothing has the old file open',
      () => !openFiles(this.#gateway.pid).includes(moved),
    );
    this.#counted += await countLines(moved);
    rmSync(moved);
  }

  /** Lines so far. */
  async total(): Promise<number> {
    return this.#counted + (await countLines(this.#gateway.accessLogFile));
  }
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}

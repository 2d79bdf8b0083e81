import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { StoreUnavailable } from '../contract.ts';
import type { HealthRecord } from '../health.ts';
import { channels } from './channels.ts';
import type { ConnectionOptions } from './connection-url.ts';
import { translated } from './pg-errors.ts';

/** How often it is asked for the newest revision, in case a notification is lost, ms. */
const POLL = 500;
/** A server that does not answer for this long is not there, ms. */
const PATIENCE = 3000;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 2000;

export interface ListenerParts {
  readonly options: ConnectionOptions;
  readonly health: HealthRecord;
  /** Makes sure that the tables are there; called on each new connection. */
  readonly prepare: () => Promise<void>;
  /** Told why it cannot listen. */
  readonly onFailure: (error: StoreUnavailable) => void;
  /** Something may have been committed. */
  readonly onCommit: () => void;
  /** A node, perhaps this one, has something to say to all. */
  readonly onMessage: (message: string) => void;
}

/**
 * Notices what other nodes commit, on a connection of its own: by notifications, and by asking now
 * and then. It also notices when the server goes and when it comes back.
 */
export class Listener {
  readonly #parts: ListenerParts;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #revision: unknown;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    let wait = FIRST_WAIT;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#listen(() => (wait = FIRST_WAIT));
      } catch (error) {
        const unavailable = asUnavailable(error);
        this.#parts.health.note(unavailable);
        this.#parts.onFailure(unavailable);
      }
      await this.#pause(wait);
      wait = Math.min(LONGEST_WAIT, wait * 2);
    }
  }

  /** Listens until the connection is lost. */
  async #listen(onConnected: () => void): Promise<void> {
    const { options, health, prepare, onCommit, onMessage } = this.#parts;
    await prepare();
    const client = new Client({ ...options, query_timeout: PATIENCE, keepAlive: true });
    const lost = new AbortController();
    client.on('error', (error) => lost.abort(error));
    client.on('end', () => lost.abort(new Error('the connection was closed')));
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === channels.messages) onMessage(payload);
      else onCommit();
    });
    try {
      await client.connect();
      for (const channel of Object.values(channels)) await client.query(`LISTEN ${channel}`);
      onConnected();
      while (!this.#stop.signal.aborted) {
        await this.#poll(client);
        health.found();
        await this.#pause(POLL, lost.signal);
        lost.signal.throwIfAborted();
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async #poll(client: Client): Promise<void> {
    const { rows } = await client.query<{ revision: unknown }>('SELECT revision FROM store_state');
    const revision = rows[0]?.revision;
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#parts.onCommit();
  }

  /** Waits, unless something ends the wait. */
  async #pause(time: number, ...ends: readonly AbortSignal[]): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, ...ends]);
    await sleep(time, undefined, { signal }).catch(() => undefined);
  }
}

function asUnavailable(error: unknown): StoreUnavailable {
  const known = translated(error);
  if (known instanceof StoreUnavailable) return known;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreUnavailable('unreachable', `PostgreSQL: ${message}`, { cause: error });
}

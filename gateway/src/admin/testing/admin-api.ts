import type { LiveConfiguration } from '../../control/configuration.ts';
import { changedTables } from '../../control/source/changed-tables.ts';
import { ConfigurationCaveats } from '../../control/source/configuration-caveats.ts';
import { bundledPlugins } from '../../plugins/bundled.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { createSnapshot } from '../../snapshot/snapshot.ts';
import { ALL_RUN } from '../../snapshot/unrunnable-plugins.ts';
import type { Store, StoredChange } from '../../store/contract.ts';
import { MemoryStore } from '../../store/memory/memory-store.ts';
import { resourceEndpoints } from '../resources/resource-endpoints.ts';
import { AdminServer } from '../server.ts';
import { plainListen, portOf } from '../../settings/listen-kinds.ts';

/** What an answer is compared by. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; null when there was none. */
  readonly body: unknown;
}

export interface AdminApiOptions {
  readonly mode?: LiveConfiguration['mode'];
  readonly store?: Store;
  readonly judge?: LiveConfiguration['judge'];
}

/** The endpoints of entities on a real listener, over a store in memory. */
export class AdminApi {
  readonly store: Store;
  /** Revisions that the node was told of. */
  readonly told: number[] = [];
  readonly #server: AdminServer;

  private constructor(store: Store, server: AdminServer, told: number[]) {
    this.store = store;
    this.#server = server;
    this.told = told;
  }

  static async open({
    mode = 'store',
    store = new MemoryStore(),
    judge = () => Promise.resolve(),
  }: AdminApiOptions = {}): Promise<AdminApi> {
    const told: number[] = [];
    const { tables } = await store.load();
    const caveats = new ConfigurationCaveats(ALL_RUN, bundledPlugins);
    const live = {
      mode,
      store,
      judge,
      caveatsIn: (changes: readonly StoredChange[]) => caveats.in(changedTables(changes, tables)),
      plugins: knownPlugins,
      changed: (revision: number) => void told.push(revision),
      current: createSnapshot(tables, 1),
    };
    const complain = (message: string): void => console.error(message);
    const log = { debug: complain, info: complain, warn: complain, error: complain };
    const server = await AdminServer.open(plainListen({ host: '127.0.0.1', port: 0 }), {
      live,
      endpoints: resourceEndpoints(live),
      authenticate: null,
      corsOrigins: [],
      log,
    });
    return new AdminApi(store, server, told);
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server.listen)}`;
  }

  /** @param body sent as JSON, unless it is a form; not with GET */
  async call(
    method: string,
    path: string,
    body?: object | URLSearchParams,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isForm = body instanceof URLSearchParams;
    const type = body === undefined || isForm ? {} : { 'Content-Type': 'application/json' };
    const isSent = body !== undefined && method !== 'GET';
    const sent = isForm ? body : JSON.stringify(body);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...type, ...headers },
      ...(isSent ? { body: sent } : {}),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

/** A judge that finds something wrong with the changes that a test picks out. */
export function refusing(
  wrong: (change: StoredChange) => Error | undefined,
): LiveConfiguration['judge'] {
  return (changes) => {
    for (const change of changes) {
      const error = wrong(change);
      if (error !== undefined) return Promise.reject(error);
    }
    return Promise.resolve();
  };
}

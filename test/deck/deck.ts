import type { AdminClient } from '../support/admin-client.ts';
import { DeckApi, type Call } from './api.ts';
import { Defaults } from './defaults.ts';
import { dumpState } from './dump.ts';
import { readGateway } from './read-gateway.ts';
import { State } from './state.ts';
import { pluginNames, type Content } from './state-file.ts';
import { applySync, planSync, type SyncEvent } from './sync.ts';
import { targetState } from './target-state.ts';

/** decK's commands, by the calls that it makes. */
export class Deck {
  readonly #api: DeckApi;

  constructor(client: AdminClient) {
    this.#api = new DeckApi(client);
  }

  /** Everything that was asked since this was read last. */
  takeCalls(): Call[] {
    const { calls } = this.#api;
    this.#api.calls = [];
    return calls;
  }

  /** `deck gateway ping`: the version, which must be one that decK knows. */
  async ping(): Promise<string> {
    const { version } = (await this.#api.get('/')) ?? {};
    if (typeof version !== 'string' || !/^\d+\.\d+/.test(version)) {
      throw new Error(`no version of Kong: ${String(version)}`);
    }
    return version;
  }

  /** `deck gateway diff`: what `sync` would do. */
  async diff(content: Content): Promise<SyncEvent[]> {
    return (await this.#compare(content)).events;
  }

  /** `deck gateway sync`: makes the gateway have what the file says, and tells what it did. */
  async sync(content: Content): Promise<SyncEvent[]> {
    const { events, current } = await this.#compare(content);
    await applySync(this.#api, events, current);
    return events;
  }

  /** `deck gateway dump`, with every value written out. */
  async dump(): Promise<Content> {
    await this.ping();
    return dumpState(await readGateway(this.#api));
  }

  /** A file as a dump would show it once it is synced. */
  async complete(content: Content): Promise<Content> {
    return dumpState((await this.#compare(content)).target);
  }

  /** `deck gateway reset`: deletes everything. */
  async reset(): Promise<void> {
    await this.ping();
    for (const path of ['/cloned-plugins', '/custom-plugins']) {
      await this.#api.list(path, '', [403, 404]);
    }
    const current = await readGateway(this.#api);
    await applySync(this.#api, planSync(current, new State()), current);
  }

  async #compare(content: Content) {
    // Once for the format of the file, and once for what depends on the version.
    await this.ping();
    await this.ping();
    const current = await readGateway(this.#api, content._info?.select_tags);
    const defaults = await Defaults.read(this.#api, pluginNames(content));
    const target = targetState(content, current, defaults);
    return { current, target, events: planSync(current, target) };
  }
}

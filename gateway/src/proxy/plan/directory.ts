import type { CredentialInfo, Directory } from '../../plugin/plugin.ts';
import type { ConsumerRecord, CredentialRecord } from '../../snapshot/records.ts';
import { Consumer, Credential } from './consumer.ts';
import { ShardedMap } from './sharded-map.ts';

/**
 * Consumers and credentials that this thread serves. Unlike the rest of a plan they are live: with
 * a million of them a copy for each configuration is out of the question. What a new configuration
 * adds is put in before its plan is swapped in, what it removes is swept out right after, so no
 * request ever misses something that both the old and the new configuration hold.
 */
export class LiveDirectory implements Directory {
  readonly #consumers = new ShardedMap<Consumer>();
  readonly #usernames = new ShardedMap<Consumer>();
  readonly #customIds = new ShardedMap<Consumer>();
  readonly #credentials = new ShardedMap<Credential>();
  /** table → key → credential */
  readonly #keys = new Map<string, ShardedMap<Credential>>();
  /** How often a consumer was taken out: as long as it stays the same, owners do. */
  #changes = 0;
  /** How often anything was put in or taken out. */
  #state = 0;
  readonly #now: () => number;

  /** @param now wall clock, ms since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get state(): number {
    return this.#state;
  }

  consumer(id: string): Consumer | undefined {
    return this.#consumers.get(id);
  }

  consumerByIdOrName(idOrName: string): Consumer | undefined {
    return this.#consumers.get(idOrName) ?? this.#usernames.get(idOrName);
  }

  consumerByCustomId(customId: string): Consumer | undefined {
    return this.#customIds.get(customId);
  }

  credential(table: string, key: string): Credential | undefined {
    return this.#unlessExpired(this.#keys.get(table)?.get(key));
  }

  credentialById(id: string): Credential | undefined {
    return this.#unlessExpired(this.#credentials.get(id));
  }

  consumerOf(credential: CredentialInfo): Consumer | undefined {
    // Every credential that this directory gives out is of this class.
    const known = credential as Credential;
    if (known.ownedSince === this.#changes && known.owner !== null) return known.owner;
    const consumer = this.#consumers.get(known.consumerId);
    if (known.owner !== (consumer ?? null)) known.owner = consumer ?? null;
    known.ownedSince = this.#changes;
    return consumer;
  }

  /** How many consumers and credentials there are. */
  get size(): { consumers: number; credentials: number } {
    return { consumers: this.#consumers.size, credentials: this.#credentials.size };
  }

  /** @returns the consumer that this one took the place of */
  putConsumer(consumer: Consumer): Consumer | undefined {
    this.#state++;
    const previous = this.#consumers.get(consumer.id);
    if (previous !== undefined) this.#changes++;
    this.#consumers.set(consumer.id, consumer);
    if (consumer.username !== null) this.#usernames.set(consumer.username, consumer);
    if (consumer.custom_id !== null) this.#customIds.set(consumer.custom_id, consumer);
    return previous;
  }

  /** @returns the credential that this one took the place of */
  putCredential(credential: Credential): Credential | undefined {
    this.#state++;
    // One string for the id of a consumer, however many credentials it has.
    const consumer = this.#consumers.get(credential.consumerId);
    if (consumer !== undefined) credential.consumerId = consumer.id;
    const previous = this.#credentials.get(credential.id);
    this.#credentials.set(credential.id, credential);
    let keys = this.#keys.get(credential.table);
    if (keys === undefined) {
      keys = new ShardedMap<Credential>();
      this.#keys.set(credential.table, keys);
    }
    keys.set(credential.key, credential);
    return previous;
  }

  /** Forgets what only `consumer` left behind; what another has taken over since stays. */
  sweepConsumer(consumer: Consumer): void {
    this.#state++;
    if (this.#consumers.get(consumer.id) === consumer) {
      this.#changes++;
      this.#consumers.delete(consumer.id);
    }
    const { username, custom_id } = consumer;
    if (username !== null && this.#usernames.get(username) === consumer) {
      this.#usernames.delete(username);
    }
    if (custom_id !== null && this.#customIds.get(custom_id) === consumer) {
      this.#customIds.delete(custom_id);
    }
  }

  /** As `sweepConsumer`: a key that has passed to another credential stays. */
  sweepCredential(credential: Credential): void {
    this.#state++;
    if (this.#credentials.get(credential.id) === credential) {
      this.#credentials.delete(credential.id);
    }
    const keys = this.#keys.get(credential.table);
    if (keys?.get(credential.key) !== credential) return;
    keys.delete(credential.key);
    if (keys.size === 0) this.#keys.delete(credential.table);
  }

  /** The credential that stands under this id, whatever its table, expired or not. */
  listedCredential(id: string): Credential | undefined {
    return this.#credentials.get(id);
  }

  #unlessExpired(found: Credential | undefined): Credential | undefined {
    if (found?.expiresAt !== undefined && found.expiresAt <= this.#now()) return undefined;
    return found;
  }
}

/** The consumers and credentials of one delta, held back until its plan is ready. */
export class DirectoryChanges {
  readonly #consumers: Consumer[] = [];
  readonly #credentials: Credential[] = [];
  readonly #consumersGone: string[] = [];
  readonly #credentialsGone: string[] = [];
  /** What is to be swept, found when the puts are applied: afterwards an id may lead to a new one. */
  readonly #oldConsumers: Consumer[] = [];
  readonly #oldCredentials: Credential[] = [];
  /** One string for each table name: those of parsed records are all copies. */
  readonly #tables = new Map<string, string>();

  putConsumer(record: ConsumerRecord): void {
    this.#consumers.push(new Consumer(record));
  }

  putCredential(record: CredentialRecord): void {
    let table = this.#tables.get(record.table);
    if (table === undefined) this.#tables.set(record.table, (table = record.table));
    this.#credentials.push(new Credential(record, table));
  }

  deleteConsumer(id: string): void {
    this.#consumersGone.push(id);
  }

  deleteCredential(id: string): void {
    this.#credentialsGone.push(id);
  }

  /** Before the swap: adds what is new. Consumers first, so that no credential lacks its own. */
  *put(directory: LiveDirectory): Generator<void, void, void> {
    yield* each(this.#consumersGone, (id) => keep(this.#oldConsumers, directory.consumer(id)));
    yield* each(this.#credentialsGone, (id) =>
      keep(this.#oldCredentials, directory.listedCredential(id)),
    );
    yield* each(this.#consumers, (it) => keep(this.#oldConsumers, directory.putConsumer(it)));
    yield* each(this.#credentials, (it) => keep(this.#oldCredentials, directory.putCredential(it)));
  }

  /** After the swap: removes what is gone. Credentials first, for the same reason. */
  *sweep(directory: LiveDirectory): Generator<void, void, void> {
    yield* each(this.#oldCredentials, (credential) => directory.sweepCredential(credential));
    yield* each(this.#oldConsumers, (consumer) => directory.sweepConsumer(consumer));
  }
}

const ENTRIES_PER_SLICE = 16;

function* each<T>(list: readonly T[], use: (entry: T) => void): Generator<void, void, void> {
  let count = 0;
  for (const entry of list) {
    use(entry);
    if (++count % ENTRIES_PER_SLICE === 0) yield;
  }
}

function keep<T>(list: T[], found: T | undefined): void {
  if (found !== undefined) list.push(found);
}

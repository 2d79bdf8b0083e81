import { randomUUID } from 'node:crypto';
import { headerLine } from '../header-line.ts';
import type { ConsumerInfo, CredentialInfo, Directory } from '../plugin.ts';

/** Consumers and credentials of a test. */
export class TestDirectory implements Directory {
  readonly #consumers = new Map<string, ConsumerInfo>();
  readonly #credentials = new Map<string, CredentialInfo>();
  state = 0;

  /** Adds a consumer with these properties; its id is made up where it is not given. */
  addConsumer(consumer: Partial<Omit<ConsumerInfo, 'headerLines'>>): ConsumerInfo {
    const { id = randomUUID(), username = null, custom_id = null, groups = [] } = consumer;
    const headerLines =
      headerLine('X-Consumer-ID', id) +
      (custom_id === null ? '' : headerLine('X-Consumer-Custom-ID', custom_id)) +
      (username === null ? '' : headerLine('X-Consumer-Username', username));
    const added = { id, idLow: 0, idHigh: 0, username, custom_id, groups, headerLines };
    this.#consumers.set(id, added);
    this.state++;
    return added;
  }

  /**
   * Adds a credential of a consumer.
   *
   * @param table of the entity, e.g. `keyauth_credentials`
   * @param key value by which plugins look it up
   * @param fields further fields of the entity, and an id if it matters
   */
  addCredential(
    table: string,
    key: string,
    consumer: ConsumerInfo,
    fields: { readonly id?: string; readonly [name: string]: unknown } = {},
  ): CredentialInfo {
    const added = { ...fields, id: fields.id ?? randomUUID(), consumerId: consumer.id };
    this.#credentials.set(`${table}/${key}`, added);
    this.state++;
    return added;
  }

  removeCredential(table: string, key: string): void {
    this.#credentials.delete(`${table}/${key}`);
    this.state++;
  }

  removeConsumer(consumer: ConsumerInfo): void {
    this.#consumers.delete(consumer.id);
    this.state++;
  }

  consumer(id: string): ConsumerInfo | undefined {
    return this.#consumers.get(id);
  }

  consumerByIdOrName(idOrName: string): ConsumerInfo | undefined {
    const byName = (): ConsumerInfo | undefined =>
      [...this.#consumers.values()].find(({ username }) => username === idOrName);
    return this.#consumers.get(idOrName) ?? byName();
  }

  consumerByCustomId(customId: string): ConsumerInfo | undefined {
    return [...this.#consumers.values()].find(({ custom_id }) => custom_id === customId);
  }

  credential(table: string, key: string): CredentialInfo | undefined {
    return this.#credentials.get(`${table}/${key}`);
  }

  credentialById(id: string): CredentialInfo | undefined {
    return [...this.#credentials.values()].find((credential) => credential.id === id);
  }

  consumerOf(credential: CredentialInfo): ConsumerInfo | undefined {
    return this.#consumers.get(credential.consumerId);
  }
}

import { inOnePiece } from '../../in-one-piece.ts';
import { headerLine } from '../../plugin/header-line.ts';
import type { ConsumerInfo, CredentialInfo } from '../../plugin/plugin.ts';
import type { ConsumerRecord, CredentialRecord } from '../../snapshot/records.ts';

const NO_GROUPS: readonly string[] = Object.freeze([]);

/** A consumer of this thread. There may be a million: no field more than needed. */
export class Consumer implements ConsumerInfo {
  readonly id: string;
  readonly username: string | null;
  readonly custom_id: string | null;
  readonly groups: readonly string[];
  /** This is what the directory has under the id. */
  listed = true;
  /** Made by the first request of this consumer, since most never send one to this thread. */
  #lines: string | null = null;

  constructor(record: ConsumerRecord) {
    this.id = record.id;
    this.username = record.username ?? null;
    this.custom_id = record.custom_id ?? null;
    this.groups = record.groups.length === 0 ? NO_GROUPS : record.groups;
  }

  get headerLines(): string {
    this.#lines ??= inOnePiece(
      line('X-Consumer-ID', this.id) +
        line('X-Consumer-Custom-ID', this.custom_id) +
        line('X-Consumer-Username', this.username),
    );
    return this.#lines;
  }
}

function line(name: string, value: string | null): string {
  return value === null ? '' : headerLine(name, value);
}

/** A credential of this thread. Fields that only some tables have are added to the object. */
export class Credential implements CredentialInfo {
  readonly id: string;
  readonly table: string;
  readonly key: string;
  /** Set again when the consumer is known, so that both share one string. */
  consumerId: string;
  /** ms since the epoch; only those have it that expire. */
  declare readonly expiresAt?: number;
  /** The consumer that was last found under that id. */
  owner: Consumer | null = null;

  constructor(record: CredentialRecord, table: string) {
    this.id = record.id;
    this.table = table;
    this.key = record.key;
    this.consumerId = record.consumer;
    if (record.expires_at !== undefined) this.expiresAt = record.expires_at;
    if (record.fields !== undefined) Object.assign(this, record.fields);
  }
}

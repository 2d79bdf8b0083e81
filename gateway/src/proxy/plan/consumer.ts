import { isFieldValue } from '../http1/characters.ts';
import { inOnePiece } from '../../in-one-piece.ts';
import { headerLine } from '../../plugin/header-line.ts';
import type { ConsumerInfo, CredentialInfo } from '../../plugin/plugin.ts';
import type { ConsumerMemo } from '../../telemetry/exchange-record.ts';
import type { ConsumerRecord, CredentialRecord } from '../../snapshot/records.ts';

const NO_GROUPS: readonly string[] = Object.freeze([]);

/** A consumer of this thread. There may be a million: no field more than needed. */
export class Consumer implements ConsumerInfo, ConsumerMemo {
  series: object | null = null;
  idLow = 0;
  idHigh = 0;
  readonly id: string;
  readonly username: string | null;
  readonly custom_id: string | null;
  readonly groups: readonly string[];
  /** Made by the first request of this consumer, since most never send one to this thread. */
  #lines: string | null = null;

  constructor(record: ConsumerRecord) {
    this.id = record.id;
    this.username = record.username ?? null;
    this.custom_id = record.custom_id ?? null;
    this.groups = record.groups.length === 0 ? NO_GROUPS : record.groups;
  }

  get headerLines(): string {
    return (this.#lines ??= inOnePiece(this.makeLines()));
  }

  /** As `headerLines`, for those who keep them together with more. */
  makeLines(): string {
    return (
      line('X-Consumer-ID', this.id) +
      line('X-Consumer-Custom-ID', this.custom_id) +
      line('X-Consumer-Username', this.username)
    );
  }
}

function line(name: string, value: string | null): string {
  return value === null ? '' : headerLine(name, value);
}

/**
 * A credential of this thread. Fields that only some tables have are added to the object. What each
 * request needs comes first: with thousands of credentials every place in memory is one to fetch.
 */
export class Credential implements CredentialInfo {
  /** The consumer that was last found under its id. */
  #owner: Consumer | null = null;
  #ownedSince = -1;
  /** Made by the first request of this credential that asks for them. */
  #lines: string | null = null;
  readonly id: string;
  readonly table: string;
  readonly key: string;
  /** Set again when the consumer is known, so that both share one string. */
  consumerId: string;
  /** ms since the epoch; only those have it that expire. */
  declare readonly expiresAt?: number;

  constructor(record: CredentialRecord, table: string) {
    this.id = record.id;
    this.table = table;
    this.key = record.key;
    this.consumerId = record.consumer;
    if (record.expires_at !== undefined) this.expiresAt = record.expires_at;
    if (record.fields !== undefined) Object.assign(this, record.fields);
  }

  /**
   * State of the directory in which the owner was found. No field of its own: plugins look at the
   * fields of a credential to see whether it has changed.
   */
  get ownedSince(): number {
    return this.#ownedSince;
  }

  set ownedSince(state: number) {
    this.#ownedSince = state;
  }

  get owner(): Consumer | null {
    return this.#owner;
  }

  set owner(consumer: Consumer | null) {
    this.#owner = consumer;
    this.#lines = null;
  }

  /**
   * What tells the upstream that the owner asked with this credential: the `X-Consumer-*` lines and
   * that of `X-Credential-Identifier`.
   */
  get identityLines(): string {
    return (this.#lines ??= inOnePiece((this.#owner?.makeLines() ?? '') + identifierLine(this.id)));
  }
}

/** `X-Credential-Identifier`, unless what identifies the credential cannot be sent. */
export function identifierLine(identifier: string): string {
  return isFieldValue(identifier) ? `X-Credential-Identifier: ${identifier}\r\n` : '';
}

import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { GatewayLog } from '../gateway-log.ts';
import { asOperatorError } from './certificate-set.ts';
import { FileProblem } from './key-pairs.ts';
import { Watched } from './watched.ts';

/** How long one key is in use, ms. */
const PERIOD = 3_600_000;
/** Name, encryption and signature of a ticket, bytes. */
const KEY_LENGTH = 48;
const LEAST_SECRET = 32;

/**
 * The keys of tickets for sessions. Another one seals each hour, and opens for one hour more: whoever
 * learns one can open what was sealed within that hour. Nodes with the same secret derive the same
 * keys, by the clock; otherwise they are random.
 */
export class TicketKeys {
  #keys: readonly Uint8Array[];
  readonly #secret: Watched<Uint8Array> | null;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param file with the secret, or null
   * @throws OperatorError when the file is no good
   */
  constructor(file: string | null, onChange: () => void, log: GatewayLog) {
    this.#onChange = onChange;
    this.#secret = file === null ? null : followSecret(file, () => this.#renew(), log);
    this.#keys = this.#make([]);
    this.#await();
  }

  /** The key of this hour, then that of the hour before, if there was one. */
  get current(): readonly Uint8Array[] {
    return this.#keys;
  }

  close(): void {
    this.#secret?.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #renew(): void {
    this.#keys = this.#make(this.#keys);
    this.#onChange();
  }

  /** @param before the keys in use up to now */
  #make(before: readonly Uint8Array[]): readonly Uint8Array[] {
    if (this.#secret === null) return [randomBytes(KEY_LENGTH), ...before.slice(0, 1)];
    const { value } = this.#secret;
    const now = Date.now();
    return [ticketKeyAt(value, now), ticketKeyAt(value, now - PERIOD)];
  }

  #await(): void {
    const rest = PERIOD - (Date.now() % PERIOD);
    this.#timer = setTimeout(() => {
      this.#renew();
      this.#await();
    }, rest);
    this.#timer.unref();
  }
}

/** The key that all nodes with this secret use at this time, ms since the epoch. */
export function ticketKeyAt(secret: Uint8Array, time: number): Uint8Array {
  const period = `sluice tls tickets ${Math.floor(time / PERIOD)}`;
  return new Uint8Array(hkdfSync('sha256', secret, '', period, KEY_LENGTH));
}

function followSecret(file: string, onChange: () => void, log: GatewayLog): Watched<Uint8Array> {
  const option = '--tls-ticket-keys';
  try {
    return new Watched({ paths: [file], option }, () => readSecret(file), onChange, log);
  } catch (error) {
    throw asOperatorError(error, option);
  }
}

function readSecret(file: string): Uint8Array {
  let secret: Uint8Array;
  try {
    secret = readFileSync(file);
  } catch (error) {
    throw new FileProblem(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
  if (secret.length >= LEAST_SECRET) return secret;
  throw new FileProblem(`${file} holds ${secret.length} bytes, fewer than ${LEAST_SECRET}`);
}

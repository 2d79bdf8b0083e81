import { randomBytes } from 'node:crypto';
import type { SecureContext } from 'node:tls';

/** Parts of a key, bytes: its name, what signs and what encrypts. */
const PART = 16;

const USE = 1;
/** Open it, and give the client another one. */
const RENEW = 2;
const UNKNOWN = 0;

/** What Node keeps behind a secure context. */
interface Internals {
  readonly context: {
    setTicketKeys(keys: Buffer): void;
    enableTicketKeyCallback?(): void;
    onticketkeycallback?: (name: Buffer, iv: Buffer, sealing: boolean) => unknown[];
  };
}

interface Parts {
  readonly name: Buffer;
  readonly hmac: Buffer;
  readonly aes: Buffer;
}

/**
 * Lets a context seal tickets with the first key, and open those that any of the keys has sealed. Node
 * documents contexts of one key only: where it does not let us choose among several, tickets of the
 * others are those of strangers, and their clients shake hands in full.
 *
 * @param keys of 48 bytes, at least one
 */
export function useTicketKeys(secureContext: SecureContext, keys: readonly Uint8Array[]): void {
  const { context } = secureContext as unknown as Internals;
  const [first] = keys;
  context.setTicketKeys(Buffer.from(first!));
  if (keys.length === 1 || context.enableTicketKeyCallback === undefined) return;
  const known = keys.map(partsOf);
  const [own] = known as [Parts];
  context.enableTicketKeyCallback();
  context.onticketkeycallback = (name, _iv, sealing) => {
    if (sealing) return [USE, own.hmac, own.aes, own.name, randomBytes(PART)];
    const key = known.find((each) => each.name.equals(name));
    // Node ends the process unless it is given keys in any case.
    if (key === undefined) return [UNKNOWN, own.hmac, own.aes];
    return [key === own ? USE : RENEW, key.hmac, key.aes];
  };
}

function partsOf(key: Uint8Array): Parts {
  const bytes = Buffer.from(key);
  const [name, hmac, aes] = [0, 1, 2].map((part) => bytes.subarray(part * PART, (part + 1) * PART));
  return { name: name!, hmac: hmac!, aes: aes! };
}

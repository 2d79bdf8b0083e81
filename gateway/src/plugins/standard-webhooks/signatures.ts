import { createHmac, timingSafeEqual } from 'node:crypto';

const VERSION = 'v1,';

/** More signatures than a sender with a few secrets has are not looked at. */
const MOST_SIGNATURES = 16;

/** What a sender has signed. */
export interface Webhook {
  /** As its fields hold them, each character a byte. */
  readonly id: string;
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** The signature of a webhook, as `Webhook-Signature` has it. */
export function signatureOf({ id, timestamp, body }: Webhook, key: Buffer): string {
  const signed = createHmac('sha256', key).update(`${id}.${timestamp}.`, 'latin1').update(body);
  return VERSION + signed.digest('base64');
}

/**
 * Whether a value of `Webhook-Signature` is this one, in a time that does not tell how near it comes.
 *
 * @param listed whether the value may list several, with spaces in between
 */
export function hasSignature(value: string, expected: string, listed: boolean): boolean {
  const right = Buffer.from(expected, 'latin1');
  const sent = listed ? value.split(' ', MOST_SIGNATURES) : [value];
  return sent.some((one) => {
    const given = Buffer.from(one, 'latin1');
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

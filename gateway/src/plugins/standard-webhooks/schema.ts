import { bytesIn } from '../../plugin/jose/token.ts';
import { f } from '../../plugin/plugin.ts';
import type { CheckFailure } from '../../plugin/plugin.ts';

export const standardWebhooksConfig = f.record(
  {
    secret_v1: f.string({
      required: true,
      referenceable: true,
      encrypted: true,
      description:
        'What the sender signs with. It is taken as it stands, a prefix `whsec_` included, unless `secret_is_base64` says otherwise.',
    }),
    tolerance_second: f.integer({
      required: true,
      default: 300,
      gt: -1,
      description: 'How far the time of a webhook may be from the present, in seconds.',
    }),
    secret_is_base64: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        'Whether `secret_v1` is base64, behind `whsec_` or not, and the bytes that it stands for are the secret. That is what the standard says, and what senders and their libraries do.',
    }),
    accept_any_signature: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        'Whether `Webhook-Signature` may list several signatures, separated by spaces, of which one has to fit. Senders do so while they change their secret.',
    }),
    max_body_size: f.integer({
      required: true,
      default: 1_048_576,
      between: [1, 104_857_600],
      beyondKong: true,
      description: 'Longest body in bytes. A longer one is answered with 413.',
    }),
  },
  {
    required: true,
    checks: [
      {
        custom: bytesOfSecret,
        reads: ['secret_v1', 'secret_is_base64'],
        unpublished: true,
      },
    ],
  },
);

/** The key that signatures are made with; null where the secret should be base64 and is not. */
export function keyIn(secret: string, isBase64: boolean): Buffer | null {
  if (!isBase64) return Buffer.from(secret);
  const bytes = bytesIn(secret.replace(/^whsec_/, ''));
  return bytes === null || bytes.length === 0 ? null : bytes;
}

function bytesOfSecret({
  secret_v1: secret,
  secret_is_base64: isBase64,
}: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  // What a vault holds is only known later.
  if (typeof secret !== 'string' || isBase64 !== true || secret.startsWith('{vault://')) return;
  if (keyIn(secret, true) !== null) return undefined;
  return {
    field: 'secret_v1',
    message: 'must be base64, behind whsec_ or not, with secret_is_base64',
  };
}

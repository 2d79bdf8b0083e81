import { createPrivateKey, createPublicKey } from 'node:crypto';
import { defineEntity, type EntityOf } from './definition.ts';
import { isReference } from './reference.ts';
import * as common from './schema/common-fields.ts';
import { f, type CheckFailure } from './schema/field.ts';

type Values = Readonly<Record<string, unknown>>;

export const key = defineEntity({
  name: 'keys',
  singular: 'key',
  endpointKey: 'name',
  cacheKey: ['kid', 'set'],
  fields: {
    id: common.id,
    set: f.foreign('key_sets', { on_delete: 'cascade' }),
    name: f.string({ unique: true }),
    kid: f.string({ required: true }),
    jwk: f.string({
      referenceable: true,
      encrypted: true,
      description: 'A JSON web key, as text.',
    }),
    pem: f.record(
      {
        private_key: f.string({ referenceable: true, encrypted: true }),
        public_key: f.string({ referenceable: true }),
      },
      { checks: [{ at_least_one_of: ['private_key', 'public_key'] }], check: pemPair },
    ),
    tags: common.tags,
    created_at: common.created_at,
    updated_at: common.updated_at,
  },
  checks: [
    { mutually_exclusive: ['jwk', 'pem'] },
    { at_least_one_of: ['jwk', 'pem'] },
    { reads: ['jwk', 'kid'], custom: jwkOfKid },
  ],
});

export type Key = EntityOf<typeof key>;

function pemPair(pem: Values): string | undefined {
  const { private_key: secret, public_key: open } = pem;
  const publicOf = (text: unknown, load: typeof createPublicKey): string | undefined => {
    try {
      return typeof text !== 'string' || isReference(text)
        ? ''
        : load(text).export({ type: 'spki', format: 'pem' }).toString();
    } catch {
      return undefined;
    }
  };
  const ofSecret = publicOf(secret, (text) => createPublicKey(createPrivateKey(text as string)));
  const ofOpen = publicOf(open, createPublicKey);
  if (ofSecret === undefined) return 'could not load private key';
  if (ofOpen === undefined) return 'could not load public key';
  const both = ofSecret !== '' && ofOpen !== '';
  return both && ofSecret !== ofOpen ? 'public key does not match private key' : undefined;
}

function jwkOfKid(record: Values): CheckFailure | undefined {
  if (typeof record.jwk !== 'string' || isReference(record.jwk)) return undefined;
  let jwk: Record<string, unknown>;
  try {
    jwk = JSON.parse(record.jwk) as Record<string, unknown>;
  } catch {
    return { message: 'could not json decode jwk string' };
  }
  if (jwk.kid !== record.kid) return { message: 'kid in jwk.kid must be equal to keys.kid' };
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
    return undefined;
  } catch {
    return { message: 'could not load JWK, likely not a valid key' };
  }
}

import { createPublicKey } from 'node:crypto';
import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

const signedByKeyPair = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'] as const;

export const jwtSecret = defineEntity({
  name: 'jwt_secrets',
  singular: 'jwt secret',
  endpointKey: 'key',
  cacheKey: ['key'],
  fields: {
    id: common.id,
    created_at: common.created_at,
    consumer: common.credentialOwner,
    key: f.string({ unique: true, auto: true }),
    secret: f.string({ auto: true }),
    rsa_public_key: f.string({ check: publicKey }),
    algorithm: f.string({
      default: 'HS256',
      one_of: [
        'HS256',
        'HS384',
        'HS512',
        'RS256',
        'RS384',
        'RS512',
        'ES256',
        'ES384',
        'ES512',
        'PS256',
        'PS384',
        'PS512',
        'EdDSA',
      ],
    }),
    tags: common.tags,
  },
  checks: [
    {
      conditional: {
        if_field: 'algorithm',
        if_match: { one_of: signedByKeyPair },
        then_field: 'rsa_public_key',
        then_match: { required: true },
      },
    },
  ],
});

export type JwtSecret = EntityOf<typeof jwtSecret>;

function publicKey(pem: string): string | undefined {
  try {
    createPublicKey(pem);
    return undefined;
  } catch {
    return 'invalid key';
  }
}

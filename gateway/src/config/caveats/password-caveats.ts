import { isImportedHash, isPasswordHash } from '../../entities/password.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat, type CaveatText } from './caveat.ts';

type Credential = Entity<'basicauth_credentials'>;

interface Misreading extends CaveatText {
  readonly has: (credential: Credential) => boolean;
}

/** Of a document that leaves it to the gateway to hash passwords. */
const ofPlain: readonly Misreading[] = [
  {
    subject: "basicauth_credentials.password: like a hash of Kong's, without _transform: false",
    what: 'without `_transform: false` passwords are taken as they stand',
    effect:
      "has one that looks like a hash of Kong's, and cannot log in with what it is the hash of",
    has: ({ password }) => isImportedHash(password),
  },
];

/** Of a document whose passwords are hashed, as it says by `_transform: false`. */
const ofHashed: readonly Misreading[] = [
  {
    subject: 'basicauth_credentials.password: no hash, with _transform: false',
    what: 'with `_transform: false` passwords are hashes',
    effect: 'has one that is none, and no password fits it',
    has: ({ password }) => !isPasswordHash(password) && !isImportedHash(password),
  },
  {
    subject: "basicauth_credentials.password: a hash of Kong's, of a consumer without id",
    what: "a hash of Kong's is one of the password and the id of the consumer",
    effect:
      'has such a hash, but its id is made of its name: unless Kong had that id too, no password fits',
    has: ({ password, consumer }) => isImportedHash(password) && isMade(consumer.id),
  },
];

/**
 * Consumers whose passwords are not what the document takes them for. Kong accepts that as well; what
 * it looks like is a password that everybody has forgotten.
 *
 * @param transform whether the document has its passwords hashed
 */
export function misreadPasswords(
  { basicauth_credentials: credentials, consumers }: EntityTables,
  transform: boolean,
): Caveat[] {
  if (credentials.size === 0) return [];
  return (transform ? ofPlain : ofHashed)
    .map(({ has, ...text }) => {
      const ids = new Set([...credentials.values()].filter(has).map(({ consumer }) => consumer.id));
      const having = [...ids].map((id) => consumers.get(id)).filter((one) => one !== undefined);
      return caveat('consumers', having, text);
    })
    .filter((found) => found !== undefined);
}

/** Ids that a document leaves out are of version 5 (RFC 9562); those of Kong's databases are of version 4. */
function isMade(id: string): boolean {
  return id.charAt(14) === '5';
}

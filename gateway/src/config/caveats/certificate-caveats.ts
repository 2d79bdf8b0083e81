import { X509Certificate } from 'node:crypto';
import { isReference } from '../../entities/reference.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/** Certificates that those who verify them refuse by now. */
export function expiredCertificates(
  { certificates }: EntityTables,
  now: number = Date.now(),
): Caveat | undefined {
  const expired = [...certificates.values()].filter((one) => expiryOf(one) < now);
  return caveat('certificates', expired, {
    subject: 'certificates.cert: expired',
    what: 'a certificate that has expired is refused by those who verify it',
    effect: 'has expired, and is shown all the same',
  });
}

/**
 * Authorities that services and plugins trust and that are not there. No file comes so far: in it
 * they are references that lead nowhere.
 */
export function missingAuthorities(tables: EntityTables): Caveat[] {
  const { ca_certificates: known, services, plugins } = tables;
  return [
    ...missingIn(
      'services',
      'services.ca_certificates',
      known,
      services.values(),
      (service) => service.ca_certificates,
    ),
    ...missingIn(
      'plugins',
      'plugins.config.ca_certificates',
      known,
      plugins.values(),
      ({ config }) => config.ca_certificates,
    ),
  ];
}

function missingIn<T extends Entity>(
  table: 'plugins' | 'services',
  subject: string,
  known: EntityTables['ca_certificates'],
  entities: Iterable<T>,
  listed: (entity: T) => unknown,
): Caveat[] {
  const uses = [...entities].flatMap((entity) => {
    const ids = listed(entity);
    return Array.isArray(ids) ? ids.map((id) => ({ entity, id: String(id) })) : [];
  });
  const trusting = Map.groupBy(uses, ({ id }) => id);
  return [...trusting]
    .filter(([id]) => !known.has(id))
    .map(([id, users]) =>
      caveat(
        table,
        users.map(({ entity }) => entity),
        {
          subject: `${subject}: ${id}`,
          what: `there is no CA certificate with the id ${id}`,
          effect: 'trusts nobody by it',
        },
      ),
    )
    .filter((found) => found !== undefined);
}

/** By the entity, which never changes: certificates take their time to be read. */
const expiries = new WeakMap<Entity<'certificates'>, number>();

/** When the first certificate of a pair expires, ms since 1970; never where it cannot be known. */
function expiryOf(certificate: Entity<'certificates'>): number {
  let expiry = expiries.get(certificate);
  if (expiry === undefined) {
    const { cert, cert_alt } = certificate;
    expiry = Math.min(...[cert, cert_alt].map(notAfter));
    expiries.set(certificate, expiry);
  }
  return expiry;
}

function notAfter(pem: string | null): number {
  if (pem === null || isReference(pem)) return Infinity;
  return new X509Certificate(pem).validToDate.getTime();
}

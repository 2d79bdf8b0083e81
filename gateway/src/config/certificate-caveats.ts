import { X509Certificate } from 'node:crypto';
import { isReference } from '../entities/reference.ts';
import type { Entity, EntityTables } from '../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/** What of certificates, and of the authorities that services name, is not as its author may expect. */
export function certificateCaveats(tables: EntityTables, now: number = Date.now()): Caveat[] {
  const { certificates, ca_certificates: known, services } = tables;
  const expired = [...certificates.values()].filter((one) => expiryOf(one) < now);
  const missing = Map.groupBy(
    [...services.values()].flatMap((service) =>
      (service.ca_certificates ?? []).map((id) => ({ service, id })),
    ),
    ({ id }) => id,
  );
  return [
    caveat('certificates', expired, {
      subject: 'certificates.cert: expired',
      what: 'a certificate that has expired is refused by those who verify it',
      effect: 'has expired, and is shown all the same',
    }),
    ...[...missing].map(([id, uses]) =>
      known.has(id)
        ? undefined
        : caveat(
            'services',
            uses.map(({ service }) => service),
            {
              subject: `services.ca_certificates: ${id}`,
              what: `there is no CA certificate with the id ${id}`,
              effect: 'trusts nobody by it',
            },
          ),
    ),
  ].filter((found) => found !== undefined);
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

import type { StoreReader } from '../../store/contract.ts';
import { caCertificateReferenced } from '../errors/kong-errors.ts';
import { allOf } from './all-of.ts';

/**
 * Services and plugins list the authorities that they trust by id, which no foreign key guards.
 *
 * @throws AdminError 400 when something still refers to the certificate
 */
export async function checkUnreferenced(reader: StoreReader, id: string): Promise<void> {
  for await (const service of allOf(reader, 'services')) {
    if (service.ca_certificates?.includes(id) === true) {
      throw caCertificateReferenced(id, 'services', service.id);
    }
  }
  for await (const plugin of allOf(reader, 'plugins')) {
    const listed = plugin.config.ca_certificates;
    if (Array.isArray(listed) && listed.includes(id)) {
      throw caCertificateReferenced(id, 'plugins', plugin.id);
    }
  }
}

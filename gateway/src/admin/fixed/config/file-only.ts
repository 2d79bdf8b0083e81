import { AdminError } from '../../endpoint.ts';

/** @throws AdminError 400 unless the configuration is a file */
export function refuseWithStore(mode: 'store' | 'file'): void {
  if (mode === 'file') return;
  const message = 'this endpoint is only available when Kong is configured to not use a database';
  throw new AdminError(400, { message });
}

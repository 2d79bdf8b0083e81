import { formatAddress } from '../settings/network-kinds.ts';
import type { Address } from '../settings/node-settings.ts';

/** What listens where, in one line. */
export function greeting(listeners: {
  readonly proxy: readonly Address[];
  readonly admin: { readonly address: Address } | null;
  readonly status: { readonly address: Address } | null;
}): string {
  const { proxy, admin, status } = listeners;
  const url = (address: Address): string => `http://${formatAddress(address)}`;
  return [
    `listening on ${proxy.map(url).join(', ')}`,
    ...(admin === null ? [] : [`Admin API on ${url(admin.address)}`]),
    ...(status === null ? [] : [`status on ${url(status.address)}/status`]),
  ].join('; ');
}

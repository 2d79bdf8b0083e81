import { formatPlace } from '../../settings/listen-kinds.ts';
import type { Listen } from '../../settings/node-settings.ts';
import type { NodeListener } from '../node-parts.ts';

/** What listens where, in one line. */
export function greeting(listeners: {
  readonly proxy: readonly Listen[];
  readonly stream: readonly Listen[];
  readonly admin: readonly NodeListener[];
  readonly status: readonly NodeListener[];
}): string {
  const { proxy, stream, admin, status } = listeners;
  const streams = stream.map((listen) => `${listen.ssl ? 'tls' : 'tcp'}://${formatPlace(listen)}`);
  return [
    `listening on ${proxy.length === 0 ? 'no address' : proxy.map(url).join(', ')}`,
    ...(streams.length === 0 ? [] : [`streams on ${streams.join(', ')}`]),
    ...admin.map(({ listen }) => `Admin API on ${url(listen)}`),
    ...status.map(({ listen }) => `status on ${url(listen)}/status`),
  ].join('; ');
}

function url(listen: Listen): string {
  return `${listen.ssl ? 'https' : 'http'}://${formatPlace(listen)}`;
}

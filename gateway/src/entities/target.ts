import { defineEntity, type EntityOf } from './definition.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';
import { isUnixSocket, parseHost } from './schema/host.ts';

const defaultPort = 8000;
const moment = f.number({ auto: true, timestamp: true });

export const target = defineEntity({
  name: 'targets',
  singular: 'target',
  endpointKey: 'target',
  cacheKey: ['upstream', 'target'],
  fields: {
    id: common.id,
    created_at: moment,
    updated_at: moment,
    upstream: f.foreign('upstreams', { required: true, on_delete: 'cascade' }),
    target: f.string({
      required: true,
      check: targetAddress,
      description: 'host:port, or `unix:` with the path of a socket',
    }),
    weight: f.integer({ default: 100, between: [0, 65_535] }),
    tags: common.tags,
  },
  prepare: withFullAddress,
});

export type Target = EntityOf<typeof target>;

function targetAddress(address: string): string | undefined {
  if (isUnixSocket(address) || typeof parseHost(address) !== 'string') return undefined;
  return `Invalid target ('${address}'); not a valid hostname or ip address`;
}

function withFullAddress(input: Readonly<Record<string, unknown>>): typeof input {
  const parsed = typeof input.target === 'string' ? parseHost(input.target) : '';
  if (typeof parsed === 'string') return input;
  const host = parsed.kind === 'ipv6' ? `[${parsed.host}]` : parsed.host;
  return { ...input, target: `${host}:${parsed.port ?? defaultPort}` };
}

/** Splits a stored target into host (IPv6 without brackets) and port; a unix socket has port 0. */
export function targetHostPort(address: string): { host: string; port: number } {
  if (isUnixSocket(address)) return { host: address, port: 0 };
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  };
}

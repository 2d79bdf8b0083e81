import { defineEntity, type EntityOf } from './definition.ts';
import * as checks from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f, type EntityCheck } from './schema/field.ts';

const timeout = f.integer({ default: 60_000, between: [1, 2 ** 31 - 2], description: 'ms' });

const noTlsWithout = (then_field: string): EntityCheck => ({
  conditional: {
    if_field: 'protocol',
    if_match: { not_one_of: ['https', 'tls', 'grpcs'] },
    then_field,
    then_match: { eq: null },
  },
});

export const service = defineEntity({
  name: 'services',
  singular: 'service',
  endpointKey: 'name',
  fields: {
    id: common.id,
    created_at: common.created_at,
    updated_at: common.updated_at,
    name: common.utf8Name,
    retries: f.integer({ default: 5, between: [0, 32_767] }),
    protocol: f.string({ required: true, default: 'http', one_of: common.protocolNames }),
    host: f.string({
      required: true,
      check: checks.serviceHost,
      description: 'A host, an upstream, or `unix:` with the path of a socket.',
    }),
    port: f.integer({ required: true, default: 80, between: [0, 65_535] }),
    path: common.urlPath,
    connect_timeout: timeout,
    write_timeout: timeout,
    read_timeout: timeout,
    tags: common.tags,
    client_certificate: f.foreign('certificates', { on_delete: 'restrict' }),
    tls_verify: f.boolean(),
    tls_verify_depth: f.integer({ between: [0, 64], default: null }),
    ca_certificates: f.array(f.string({ uuid: true })),
    enabled: f.boolean({ required: true, default: true }),
  },
  checks: [
    {
      conditional: {
        if_field: 'protocol',
        if_match: { one_of: ['tcp', 'tls', 'udp', 'grpc', 'grpcs'] },
        then_field: 'path',
        then_match: { eq: null },
      },
    },
    noTlsWithout('client_certificate'),
    noTlsWithout('tls_verify'),
    noTlsWithout('tls_verify_depth'),
    noTlsWithout('ca_certificates'),
  ],
  shorthands: {
    url: { field: f.string({ required: true }), translate: fieldsOfUrl },
  },
});

export type Service = EntityOf<typeof service>;

const usualUrl = /^(https?):\/\/([\w.-]+)(?::(\d+))?(\/[^?#]*)?$/;
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Splits a URL without judging it: the fields have their own checks. */
function fieldsOfUrl(url: string): Record<string, unknown> {
  const usual = usualUrl.exec(url);
  if (usual === null) return fieldsOfUnusualUrl(url);
  const [, protocol = '', host, port, path] = usual;
  return { protocol, host, port: port ? Number(port) : defaultPorts[protocol], path };
}

/** As nginx writes it: the path of the socket, and behind a colon that of the request. */
const socketUrl = /^(https?):\/\/(unix:\/[^:?#]+)(?::(\/[^?#]*)?)?$/;

function fieldsOfUnusualUrl(url: string): Record<string, unknown> {
  const socket = socketUrl.exec(url);
  if (socket !== null) {
    const [, protocol = '', host, path] = socket;
    return { protocol, host, port: defaultPorts[protocol], path };
  }
  const match = /^(?:([a-zA-Z][\w+\-.]*):)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(url);
  const scheme = match?.[1];
  const authority = match?.[2]?.replace(/^.*@/, '');
  const split = /^(.*?)(?::(\d*))?$/.exec(authority ?? '');
  const bracketed = /^(\[[^\]]*\])(?::(\d*))?$/.exec(authority ?? '');
  const [host = '', port = ''] = (bracketed ?? split ?? []).slice(1);
  return {
    protocol: scheme,
    host: host === '' ? undefined : host,
    port: port === '' ? defaultPorts[scheme ?? ''] : Number(port),
    path: match?.[3] === '' ? undefined : match?.[3],
  };
}

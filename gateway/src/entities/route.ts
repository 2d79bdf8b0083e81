import { defineEntity, type EntityOf } from './definition.ts';
import { hasExpressions } from './router-flavor.ts';
import { routeChecks, routeProtocols } from './route-rules.ts';
import * as checks from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f } from './schema/field.ts';

const endpoint = f.record(
  { ip: f.string({ check: checks.ipOrCidr }), port: common.port },
  { checks: [{ at_least_one_of: ['ip', 'port'] }] },
);

export const route = defineEntity({
  name: 'routes',
  singular: 'route',
  endpointKey: 'name',
  fields: {
    id: common.id,
    created_at: common.created_at,
    updated_at: common.updated_at,
    name: common.utf8Name,
    protocols: f.set(common.protocol, {
      required: true,
      default: ['http', 'https'],
      len_min: 1,
      check: routeProtocols,
    }),
    https_redirect_status_code: f.integer({
      required: true,
      default: 426,
      one_of: [426, 301, 302, 307, 308],
      description: 'Answers a plain request when only https would match.',
    }),
    strip_path: f.boolean({ required: true, default: true }),
    preserve_host: f.boolean({ required: true, default: false }),
    request_buffering: f.boolean({ required: true, default: true }),
    response_buffering: f.boolean({ required: true, default: true }),
    tags: common.tags,
    service: f.foreign('services', { on_delete: 'restrict' }),
    snis: f.set(f.string({ check: checks.wildcardHost })),
    sources: f.set(endpoint),
    destinations: f.set(endpoint),
    methods: f.set(f.string({ check: checks.httpMethod })),
    hosts: f.array(f.string({ check: checks.routeHost })),
    paths: f.array(f.string({ check: checks.routePath })),
    headers: f.map(f.string({ check: routeHeaderName }), f.array(f.string(), { len_min: 1 })),
    regex_priority: f.integer({ default: 0 }),
    path_handling: f.string({ default: 'v0', one_of: ['v0', 'v1'] }),
    expression: f.string({
      hidden: () => !hasExpressions(),
      description: 'What a request has to be like, in place of the fields that say so one by one.',
    }),
    priority: f.integer({
      default: 0,
      between: [0, 2 ** 46 - 1],
      hidden: () => !hasExpressions(),
      description: 'Of routes with an expression the one with the highest is tried first.',
    }),
  },
  checks: routeChecks,
  prepare: withGrpcDefaults,
});

export type Route = EntityOf<typeof route>;

function routeHeaderName(name: string): string | undefined {
  return name.toLowerCase() === 'host'
    ? "cannot contain 'host' header, which must be specified in the 'hosts' attribute"
    : checks.headerName(name);
}

/** A gRPC path names the method to call, so it is not stripped. */
function withGrpcDefaults(input: Readonly<Record<string, unknown>>): typeof input {
  const { protocols } = input;
  const grpc = Array.isArray(protocols) && /^grpcs?$/.test(String(protocols[0]));
  return grpc && input.strip_path === undefined ? { ...input, strip_path: false } : input;
}

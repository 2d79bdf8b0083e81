import type {
  Change,
  PluginRecord,
  RouteRecord,
  ServiceRecord,
  UpstreamRecord,
} from '../../../snapshot/records.ts';

/* Changes for tests, with the fields that do not matter filled in. */

export const service = (id: string, more: Partial<ServiceRecord> = {}): Change => ({
  kind: 'services',
  op: 'put',
  record: {
    id,
    protocol: 'http',
    host: `${id}.test`,
    port: 80,
    retries: 5,
    connect_timeout: 1,
    write_timeout: 2,
    read_timeout: 3,
    ...more,
  },
});

export const route = (id: string, more: Partial<RouteRecord> = {}): Change => ({
  kind: 'routes',
  op: 'put',
  record: {
    id,
    protocols: ['http', 'https'],
    paths: [`/${id}`],
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    path_handling: 'v0',
    preserve_host: false,
    request_buffering: true,
    response_buffering: true,
    ...more,
  },
});

export const plugin = (id: string, more: Partial<PluginRecord> = {}): Change => ({
  kind: 'plugins',
  op: 'put',
  record: { id, name: 'p', protocols: ['http'], config: {}, ...more },
});

export const upstream = (name: string, more: Partial<UpstreamRecord> = {}): Change => ({
  kind: 'upstreams',
  op: 'put',
  record: { id: name, name, algorithm: 'round-robin', use_srv_name: false, targets: [], ...more },
});

export const gone = (kind: Change['kind'], id: string): Change => ({ kind, op: 'delete', id });

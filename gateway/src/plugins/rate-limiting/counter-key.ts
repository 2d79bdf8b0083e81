import type {
  CounterKey,
  CounterScope,
  Exchange,
  PluginEnv,
  PluginInstanceInfo,
} from '../../plugin/plugin.ts';

/** What the limit is counted by. */
export type LimitBy = 'consumer' | 'credential' | 'ip' | 'service' | 'header' | 'path';

export interface CounterKeyOptions {
  readonly limitBy: LimitBy;
  /** Field whose value is counted by with `header`. */
  readonly headerName: string | null;
  /** The one path that is counted with `path`. */
  readonly path: string | null;
  readonly instance: PluginInstanceInfo;
  /** Tells windows of different lengths apart when the configured periods change. */
  readonly periods: readonly string[];
}

/**
 * Makes the function that names the counter of a request. Instances of one scope share counters,
 * so that a limit goes on where it stood when its plugin is configured anew. Requests that do not
 * have what is counted by are counted by the client's address.
 */
export function createCounterKey(
  counters: PluginEnv['counters'],
  options: CounterKeyOptions,
): (ex: Exchange) => CounterKey {
  const { route, service, consumer } = options.instance;
  const purpose = ['rate-limiting', route, service, consumer, options.periods.join()].join(':');
  // The kind is part of the scope: a header that holds an address must not spend that client's limit.
  const scope = (kind: LimitBy): CounterScope => counters.scope(`${purpose}:${kind}`);
  const byIp = scope('ip');

  switch (options.limitBy) {
    case 'consumer': {
      const byConsumer = scope('consumer');
      const byCredential = scope('credential');
      return function keyByConsumer(ex) {
        if (ex.consumer !== null) return byConsumer.of(ex.consumer);
        return ex.credential !== null
          ? byCredential.ofText(ex.credential.id)
          : byIp.ofText(ex.clientIp);
      };
    }
    case 'credential': {
      const byCredential = scope('credential');
      return function keyByCredential(ex) {
        return ex.credential !== null
          ? byCredential.ofText(ex.credential.id)
          : byIp.ofText(ex.clientIp);
      };
    }
    case 'service': {
      const byService = scope('service');
      return function keyByService(ex) {
        return ex.service !== null ? byService.ofText(ex.service.id) : byIp.ofText(ex.clientIp);
      };
    }
    case 'header': {
      const byHeader = scope('header');
      const name = (options.headerName ?? '').toLowerCase();
      return function keyByHeader(ex) {
        const value = ex.request.header(name);
        return value !== undefined ? byHeader.ofText(value) : byIp.ofText(ex.clientIp);
      };
    }
    case 'path': {
      const byPath = scope('path');
      const { path } = options;
      return function keyByPath(ex) {
        return ex.request.path === path ? byPath.ofText(path) : byIp.ofText(ex.clientIp);
      };
    }
    case 'ip':
      return function keyByIp(ex) {
        return byIp.ofText(ex.clientIp);
      };
  }
}

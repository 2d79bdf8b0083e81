import { createHash } from 'node:crypto';
import type { Exchange, PluginInstanceInfo } from '../../plugin/plugin.ts';

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
export function createCounterKey(options: CounterKeyOptions): (ex: Exchange) => string {
  const { route, service, consumer } = options.instance;
  const scope = [route, service, consumer, options.periods.join()].join(':');
  // The kind is part of the key: a header that holds an address must not spend that client's limit.
  // Short, since every request pays for each character.
  const prefix = (kind: LimitBy): string =>
    createHash('sha256').update(`rate-limiting:${scope}:${kind}`).digest('base64').slice(0, 16);
  const byIp = prefix('ip');

  switch (options.limitBy) {
    case 'consumer': {
      const byConsumer = prefix('consumer');
      const byCredential = prefix('credential');
      return function keyByConsumer(ex) {
        if (ex.consumer !== null) return byConsumer + ex.consumer.id;
        return ex.credential !== null ? byCredential + ex.credential.id : byIp + ex.clientIp;
      };
    }
    case 'credential': {
      const byCredential = prefix('credential');
      return function keyByCredential(ex) {
        return ex.credential !== null ? byCredential + ex.credential.id : byIp + ex.clientIp;
      };
    }
    case 'service': {
      const byService = prefix('service');
      return function keyByService(ex) {
        return ex.service !== null ? byService + ex.service.id : byIp + ex.clientIp;
      };
    }
    case 'header': {
      const byHeader = prefix('header');
      const name = (options.headerName ?? '').toLowerCase();
      return function keyByHeader(ex) {
        const value = ex.request.header(name);
        return value !== undefined ? byHeader + value : byIp + ex.clientIp;
      };
    }
    case 'path': {
      const byPath = prefix('path');
      const { path } = options;
      return function keyByPath(ex) {
        return ex.request.path === path ? byPath + path : byIp + ex.clientIp;
      };
    }
    case 'ip':
      return function keyByIp(ex) {
        return byIp + ex.clientIp;
      };
  }
}

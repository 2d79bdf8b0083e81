import { fill } from './load.ts';

/** A declarative configuration in Kong's format, of any size. */
export interface SiteShape {
  /** Port of the service that all routes lead to. */
  readonly port: number;
  readonly routes: number;
  /** Path of each route; `{n}` stands for its number. */
  readonly path: string;
  /** Routes of one service. */
  readonly routesPerService?: number;
  readonly consumers?: number;
  /** Keys of each consumer. */
  readonly keysPerConsumer?: number;
  /** Plugins that run for every request. */
  readonly plugins?: readonly object[];
  /** Another generation differs from this one in every service, route, consumer and key. */
  readonly generation?: number;
}

/** A key that looks like one; `{n}` stands for its number. */
export const KEY_PATTERN = '7d3f9a1c5e8b2046-{n}';

/** Paths that lead to one of many routes. */
export const ROUTE_PATTERN = '/api/service-{n}/';

export interface SiteDocument {
  readonly _format_version: string;
  readonly plugins: readonly object[];
  readonly services: Record<string, unknown>[];
  readonly consumers: Record<string, unknown>[];
}

export function siteDocument(shape: SiteShape): SiteDocument {
  const perService = shape.routesPerService ?? 1;
  const services: Record<string, unknown>[] = [];
  for (let first = 0; first < shape.routes; first += perService) {
    const end = Math.min(first + perService, shape.routes);
    services.push(serviceOf(shape, first, end));
  }
  return {
    _format_version: '3.0',
    plugins: shape.plugins ?? [],
    services,
    consumers: Array.from({ length: shape.consumers ?? 0 }, (_, index) => consumerOf(shape, index)),
  };
}

function serviceOf(shape: SiteShape, first: number, end: number): Record<string, unknown> {
  const generation = shape.generation ?? 0;
  const routes: object[] = [];
  for (let index = first; index < end; index++) {
    const path = fill(shape.path, index);
    routes.push({
      name: `route-${index}`,
      // What does not change is still served while everything else changes.
      paths: generation === 0 ? [path] : [path, `/generation-${generation}${path}`],
      strip_path: false,
    });
  }
  return {
    name: `service-${first}`,
    host: '127.0.0.1',
    port: shape.port,
    read_timeout: 60_000 + generation,
    routes,
  };
}

function consumerOf(shape: SiteShape, index: number): Record<string, unknown> {
  const generation = shape.generation ?? 0;
  const perConsumer = shape.keysPerConsumer ?? 1;
  const suffix = generation === 0 ? '' : `-${generation}`;
  return {
    username: `consumer-${index}`,
    custom_id: `customer-${index}${suffix}`,
    keyauth_credentials: Array.from({ length: perConsumer }, (_, key) => ({
      key: fill(KEY_PATTERN, index * perConsumer + key) + suffix,
    })),
  };
}

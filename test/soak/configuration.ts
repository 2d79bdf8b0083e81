/** Routes of each kind and consumers; every one is used by the load. */
export const OPEN_ROUTES = 100;
export const KEYED_ROUTES = 50;
export const LIMITED_ROUTES = 5;
export const CONSUMERS = 500;

/** How long the gateway waits for the upstream that breaks every rule, ms. */
export const BROKEN_READ_TIMEOUT = 3000;

export interface UpstreamPorts {
  readonly sound: number;
  readonly broken: number;
  /** Nothing listens there. */
  readonly refusing: number;
}

export function keyOf(consumer: number): string {
  return `key-of-consumer-${consumer}`;
}

export function consumerName(consumer: number): string {
  return `consumer-${consumer}`;
}

/**
 * What the gateway serves after so many reloads. Every version differs from the one before, and none
 * takes away what the load uses: now and then all services and routes change, otherwise a few that
 * nobody asks for come and go.
 */
export function configuration(ports: UpstreamPorts, version: number): object {
  const age = Math.floor(version / 10);
  return {
    _format_version: '3.0',
    services: [
      soundService('open', ports.sound, age, routes('o', OPEN_ROUTES, age)),
      {
        ...soundService('keyed', ports.sound, age, routes('k', KEYED_ROUTES, age)),
        plugins: [keyAuth],
      },
      {
        ...soundService('limited', ports.sound, age, routes('l', LIMITED_ROUTES, age)),
        plugins: [keyAuth, rateLimiting],
      },
      brokenService('broken', ports.broken),
      brokenService('refusing', ports.refusing),
      ...passingServices(ports.sound, version),
    ],
    consumers: Array.from({ length: CONSUMERS }, (_, index) => ({
      username: consumerName(index),
      custom_id: `${index}-${age}`,
      keyauth_credentials: [{ key: keyOf(index) }],
    })),
    plugins: [{ name: 'prometheus', config: { per_consumer: true } }, { name: 'correlation-id' }],
  };
}

const keyAuth = { name: 'key-auth', config: { key_names: ['apikey'] } };
const rateLimiting = {
  name: 'rate-limiting',
  config: { second: 20, limit_by: 'consumer', policy: 'local' },
};

function soundService(name: string, port: number, age: number, serviceRoutes: object[]): object {
  // The write timeout changes so that everything that hangs on the service is compiled anew.
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    write_timeout: 60_000 + age,
    routes: serviceRoutes,
  };
}

function routes(prefix: string, count: number, age: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${index}`,
    paths: [`/${prefix}${index}/`],
    strip_path: false,
    regex_priority: age % 100,
  }));
}

function brokenService(name: string, port: number): object {
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    retries: 1,
    read_timeout: BROKEN_READ_TIMEOUT,
    routes: [{ name, paths: [`/${name}/`], strip_path: false }],
  };
}

/** Services that this version alone has. */
function passingServices(port: number, version: number): object[] {
  return Array.from({ length: 20 }, (_, index) => {
    const name = `passing-${version}-${index}`;
    const route = { name, paths: [`/${name}/`], methods: ['GET', 'PUT'] };
    return { name, url: `http://127.0.0.1:${port}/${name}`, routes: [route], plugins: [keyAuth] };
  });
}

import { availableParallelism } from 'node:os';
import { databaseUrl, originList } from './admin-kinds.ts';
import { responseHeaders, upstreamHeaders } from './header-kinds.ts';
import { http2Options } from './http2-options.ts';
import { count, countOrAuto, duration, oneOf, path, size, toggle } from './kinds.ts';
import { listenList } from './listen-kinds.ts';
import { cidrList, fieldName } from './network-kinds.ts';
import { type Option, option, optional } from './option.ts';
import { tlsOptions } from './tls-options.ts';
import { upstreamOptions } from './upstream-options.ts';
import { webSocketOptions } from './web-socket-options.ts';

/** All settings by flag name, in groups, in the order in which they are shown. */
export const optionGroups = {
  Basics: {
    config: optional(path('FILE', 'path of a file'), {
      help: 'A declarative configuration to serve: YAML or JSON in the format of Kong and decK. Without it the configuration lives in a store and is changed through the Admin API.',
      example: 'kong.yaml',
      kong: 'declarative_config',
    }),
    watch: option(toggle(), {
      default: 'off',
      help: 'Load the configuration again whenever the file of `--config` changes. A bad file is refused and the old configuration keeps serving.',
      example: 'on',
    }),
    'proxy-listen': option(listenList('ssl', 'http2', 'proxy_protocol', 'client_certificates'), {
      default: '0.0.0.0:8000',
      help: 'Where clients connect. `ssl` takes TLS, `http2` HTTP/2 as well as HTTP/1.1, `proxy_protocol` a header of the PROXY protocol (version 1 or 2) before everything else, from the peers of `--trusted-ips` alone, and `client_certificates=` does for one listener what `--client-certificates` does for all. Connections are spread over the threads; those on a unix socket belong to a single thread. Everybody who may enter the folder of a unix socket may connect to it (its mode is 0666), so let the folder decide who that is.',
      example: '0.0.0.0:8000,0.0.0.0:8443 ssl http2',
      kong: 'proxy_listen',
    }),
    'stream-listen': option(listenList('ssl', 'proxy_protocol', 'client_certificates'), {
      default: 'off',
      help: 'Where streams are taken: connections for routes of `tcp` and, with `ssl`, of `tls` and `tls_passthrough`. What a client that comes to an `ssl` listener says first decides whether TLS is taken off or passes through. `proxy_protocol` takes a header of the PROXY protocol before everything else, from the peers of `--trusted-ips` alone.',
      example: '0.0.0.0:9000,0.0.0.0:9443 ssl',
      kong: 'stream_listen',
    }),
    'status-listen': option(listenList('ssl', 'http2', 'proxy_protocol'), {
      default: '127.0.0.1:8007',
      help: 'Where health, readiness and metrics are served.',
      example: '127.0.0.1:8007',
      kong: 'status_listen',
    }),
    'router-flavor': option(oneOf('traditional_compatible', 'expressions'), {
      default: 'traditional_compatible',
      help: 'What routes are written in: fields such as `paths` and `hosts` alone, or, with `expressions`, also conditions in the language of Kong (`http.path ^= "/orders"`).',
      example: 'expressions',
      kong: 'router_flavor',
    }),
    workers: option(
      countOrAuto({ min: 1, max: 256 }, () => availableParallelism()),
      {
        default: 'auto',
        help: 'Proxy threads; `auto` is one for each core that this process may use.',
        example: '4',
        kong: 'nginx_worker_processes',
      },
    ),
    'drain-timeout': option(duration({ min: 0 }), {
      default: '25s',
      help: 'At shutdown, how long requests in flight may take to end. The default ends before Kubernetes loses patience (30 s).',
      example: '25s',
      kong: 'nginx_main_worker_shutdown_timeout',
    }),
  },
  'Where the configuration lives': {
    data: option(path('DIR', 'path of a directory'), {
      default: './sluice-data',
      help: "The node's own directory, created at the first start: the embedded database, tokens of the Admin API, and the copy of the configuration that a node starts from when PostgreSQL is away. With `--config` it is used for tokens only.",
      example: '/var/lib/sluice',
      kong: 'prefix',
    }),
    database: optional(databaseUrl(), {
      help: 'A PostgreSQL database for the configuration, which several nodes can share, in place of the embedded one.',
      example: 'postgres://sluice@db.internal/sluice',
      kong: 'database',
    }),
    'database-file': optional(path('FILE', 'path of a file'), {
      help: 'A file that holds what `--database` would, so that its password shows neither in the list of processes nor in the environment.',
      example: '/run/secrets/sluice-database',
    }),
    'database-pool-size': option(count({ min: 2, max: 1000 }), {
      default: '10',
      help: 'Most connections to PostgreSQL at once, of this node.',
      example: '20',
      kong: 'pg_max_concurrent_queries',
    }),
    'allow-unsupported-plugins': option(toggle(), {
      default: 'off',
      help: "Store those of Kong's plugins that Sluice cannot run yet, and serve their routes without them. Otherwise a change by which such a plugin would take effect is refused.",
      example: 'on',
    }),
  },
  'Admin API': {
    'admin-listen': option(listenList('ssl', 'http2', 'proxy_protocol'), {
      default: '127.0.0.1:8001',
      help: 'Where the Admin API is served.',
      example: '127.0.0.1:8001',
      kong: 'admin_listen',
    }),
    'admin-auth': option(toggle(), {
      default: 'on',
      help: 'Ask everybody who uses the Admin API for a token. `off` is for a machine that nobody else uses: it listens on loopback addresses only.',
      example: 'on',
    }),
    'admin-token-file': optional(path('FILE', 'path of a file'), {
      help: "A file that holds the first administrator's token, at least 32 characters, for starts that nobody attends. Otherwise the first start makes one and writes it to `admin-token` in the directory of `--data`.",
      example: '/run/secrets/sluice-admin-token',
    }),
    'admin-cors-origins': option(originList(), {
      default: '',
      help: 'Origins of web pages whose scripts may use the Admin API.',
      example: 'https://console.example.com',
      kong: 'admin_gui_url',
    }),
  },
  Logs: {
    'access-log': option(path('FILE|stdout|off', '`stdout`, `off`, or the path of a file'), {
      default: 'stdout',
      help: 'Where the access log goes, one JSON object a line. SIGUSR2 opens the file anew.',
      example: '/var/log/sluice/access.log',
      kong: 'proxy_access_log',
    }),
    'log-level': option(oneOf('debug', 'info', 'warn', 'error'), {
      default: 'info',
      help: "The least severe message of the gateway's own log on stderr.",
      example: 'info',
      kong: 'log_level',
    }),
  },
  'Client addresses': {
    'trusted-ips': option(cidrList(), {
      default: '',
      help: 'Peers whose forwarding fields (X-Forwarded-*, and the one of `--real-ip-header`) are believed.',
      example: '10.0.0.0/8,192.168.0.1',
      kong: 'trusted_ips',
    }),
    'real-ip-header': option(fieldName(), {
      default: 'x-real-ip',
      help: "The field in which a trusted peer names the client's address.",
      example: 'X-Forwarded-For',
      kong: 'real_ip_header',
    }),
    'real-ip-recursive': option(toggle(), {
      default: 'off',
      help: 'Of several addresses in that field, take the last one that is not trusted instead of the last one.',
      example: 'on',
      kong: 'real_ip_recursive',
    }),
  },
  TLS: tlsOptions,
  'Headers that the gateway adds': {
    'header-names': option(oneOf('sluice', 'kong'), {
      default: 'sluice',
      help: 'Whose name `Server`, `Via` and the family `X-…-Request-Id`, `X-…-Latency` carry. `kong` is for clients and services that depend on it.',
      example: 'kong',
    }),
    headers: option(responseHeaders(), {
      default: 'server_tokens,latency_tokens,X-Kong-Request-Id',
      help: 'Headers added to responses, in the words of Kong. What is called X-Kong-… here goes out under the name that `--header-names` says.',
      example: 'server_tokens,X-Kong-Request-Id',
      kong: 'headers',
    }),
    'headers-upstream': option(upstreamHeaders(), {
      default: 'X-Kong-Request-Id',
      help: 'Headers added to requests on their way upstream.',
      example: 'off',
      kong: 'headers_upstream',
    }),
    'allow-debug-header': option(toggle(), {
      default: 'off',
      help: 'Name the route and the service in the response to a request that carries the field Kong-Debug: 1.',
      example: 'on',
      kong: 'allow_debug_header',
    }),
  },
  'Limits and timeouts towards clients': {
    limits: option(oneOf('sluice', 'kong'), {
      default: 'sluice',
      help: "How a head that is too large is answered: `sluice` with 431; `kong` with 400, and a single field may take 8 KiB at most, as with Kong's defaults.",
      example: 'kong',
    }),
    'max-request-line': option(size({ min: 256, max: 1024 ** 2 }), {
      default: '8KiB',
      help: 'Longest request line; a longer one is answered with 414.',
      example: '16KiB',
      kong: 'nginx_http_large_client_header_buffers',
    }),
    'max-head': option(size({ min: 1024, max: 1024 ** 2 }), {
      default: '32KiB',
      help: 'Longest head of a request, request line included; a longer one is answered as `--limits` says.',
      example: '64KiB',
      kong: 'nginx_http_large_client_header_buffers',
    }),
    'max-fields': option(count({ min: 1, max: 1000 }), {
      default: '100',
      help: 'Most fields in the head of a request; more are answered as `--limits` says.',
      example: '200',
      kong: 'lua_max_req_headers',
    }),
    'max-body': option(size({ min: 0 }), {
      default: '0',
      help: 'Longest body of a request, 0 for any; a longer one is answered with 413.',
      example: '10MiB',
      kong: 'nginx_http_client_max_body_size',
    }),
    'max-held-bodies': option(size({ min: 1024 ** 2 }), {
      default: '64MiB',
      help: 'Most bytes of bodies that plugins of one thread read or change as a whole at the same time; a request that would need more is answered with 503. A body that is longer by itself is too large: 413 for that of a request, 502 in place of a response. The memory for them may be twice as much.',
      example: '256MiB',
    }),
    'head-timeout': option(duration({ min: 1 }), {
      default: '10s',
      help: 'How long the head of a request may take to arrive, from its first byte; then 408.',
      example: '10s',
      kong: 'nginx_http_client_header_timeout',
    }),
    'body-timeout': option(duration({ min: 1 }), {
      default: '60s',
      help: 'Longest pause between two pieces of a request body; then 408.',
      example: '60s',
      kong: 'nginx_http_client_body_timeout',
    }),
    'send-timeout': option(duration({ min: 1 }), {
      default: '60s',
      help: 'Longest time in which a client takes nothing of a response that waits for it; then its connection is closed.',
      example: '60s',
      kong: 'nginx_http_send_timeout',
    }),
    'idle-timeout': option(duration({ min: 1 }), {
      default: '75s',
      help: 'How long a client connection may rest between two requests.',
      example: '75s',
      kong: 'nginx_http_keepalive_timeout',
    }),
  },
  'HTTP/2 towards clients': http2Options,
  WebSockets: webSocketOptions,
  'Connections to upstreams': upstreamOptions,
  Memory: {
    'metrics-max-series': option(count({ min: 10, max: 1_000_000 }), {
      default: '10000',
      help: 'Most time series of one metric; what comes beyond them is counted under `overflow`.',
      example: '10000',
    }),
    'thread-old-heap': option(count({ min: 32, max: 65_536 }), {
      default: '512',
      help: 'Most memory for long-lived objects of one proxy thread, in MiB. A thread that needs more is replaced.',
      example: '1024',
    }),
    'thread-young-heap': option(count({ min: 1, max: 1024 }), {
      default: '16',
      help: 'Memory for short-lived objects of one proxy thread, in MiB. More costs memory and saves collections.',
      example: '32',
    }),
    'counter-slots': option(count({ min: 1024, max: 67_108_864 }), {
      default: '262144',
      help: 'Rate-limit windows that can be counted at once on this node, in memory shared by its threads.',
      example: '1048576',
    }),
  },
} satisfies Readonly<Record<string, Readonly<Record<string, Option>>>>;

export type { Option } from './option.ts';

type Groups = typeof optionGroups;
type Union<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void
  ? I
  : never;
type Options = Union<Groups[keyof Groups]>;

export type OptionName = keyof Options;

/** A parsed value for every option. */
export type OptionValues = {
  readonly [N in OptionName]: Options[N] extends Option<infer T> ? T : never;
};

/** Every option by name, without its groups. */
export const options: Readonly<Record<OptionName, Option>> = Object.assign(
  {},
  ...Object.values(optionGroups),
) as Readonly<Record<OptionName, Option>>;

export const optionNames = Object.keys(options) as OptionName[];

/** `--proxy-listen` */
export function flagOf(name: OptionName): string {
  return `--${name}`;
}

/** `SLUICE_PROXY_LISTEN` */
export function variableOf(name: OptionName): string {
  return `SLUICE_${name.toUpperCase().replaceAll('-', '_')}`;
}

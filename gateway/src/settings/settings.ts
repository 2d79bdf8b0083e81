import { isDeepStrictEqual } from 'node:util';
import { OperatorError } from '../errors.ts';
import { http2SettingsOf } from './http2-options.ts';
import { formatPlace, isLocal } from './listen-kinds.ts';
import type { NodeSettings } from './node-settings.ts';
import type { OptionValues } from './options.ts';
import { type ResolvedOption, refuseProblems, valuesOf } from './resolve.ts';
import { databaseOf } from './store-settings.ts';
import { tlsSettingsOf } from './tls-settings.ts';
import { upstreamSettingsOf } from './upstream-settings.ts';
import { webSocketSettingsOf } from './web-socket-options.ts';

/** Longest single field under `--limits kong`: one of nginx's large header buffers. */
const kongFieldLimit = 8 * 1024;

/**
 * Builds the settings of a node.
 *
 * @throws OperatorError (usage) naming every value that is wrong or missing
 */
export function toNodeSettings(resolved: readonly ResolvedOption[]): NodeSettings {
  refuseProblems(resolved);
  const values = valuesOf(resolved);
  refuseTwoHomes(values);
  refuseSharedAddress(values);
  refuseOpenAdmin(values);
  refuseUntrustedProxies(values);
  refusePlainHttp2(values);
  const kongLimits = values.limits === 'kong';
  return {
    config: values.config ?? null,
    data: values.data,
    database: databaseOf(values),
    allowUnsupportedPlugins: values['allow-unsupported-plugins'],
    admin: {
      listen: values['admin-listen'],
      auth: values['admin-auth'],
      tokenFile: values['admin-token-file'] ?? null,
      corsOrigins: values['admin-cors-origins'],
    },
    proxyListen: values['proxy-listen'],
    streamListen: values['stream-listen'],
    statusListen: values['status-listen'],
    tls: tlsSettingsOf(values),
    workers: values.workers,
    accessLog: values['access-log'],
    logLevel: values['log-level'],
    trustedIps: values['trusted-ips'],
    realIpHeader: values['real-ip-header'],
    realIpRecursive: values['real-ip-recursive'],
    drainTimeout: values['drain-timeout'],
    watch: values.watch,
    routerFlavor: values['router-flavor'],
    headerNames: values['header-names'],
    responseHeaders: values.headers,
    requestIdUpstream: values['headers-upstream'],
    allowDebugHeader: values['allow-debug-header'],
    limits: {
      requestLine: values['max-request-line'],
      head: values['max-head'],
      field: kongLimits ? Math.min(kongFieldLimit, values['max-head']) : values['max-head'],
      fields: values['max-fields'],
      headStatus: kongLimits ? 400 : 431,
      body: values['max-body'],
    },
    heldBodies: values['max-held-bodies'],
    timeouts: {
      head: values['head-timeout'],
      body: values['body-timeout'],
      send: values['send-timeout'],
      idle: values['idle-timeout'],
    },
    http2: http2SettingsOf(values),
    webSocket: webSocketSettingsOf(values),
    ...upstreamSettingsOf(values),
    metricsMaxSeries: values['metrics-max-series'],
    threadHeap: { old: values['thread-old-heap'], young: values['thread-young-heap'] },
    counterSlots: values['counter-slots'],
  };
}

const listOptions = ['proxy-listen', 'stream-listen', 'status-listen', 'admin-listen'] as const;

/** Only proxy threads tell by the first bytes which protocol a client speaks. */
function refusePlainHttp2(values: OptionValues): void {
  for (const name of ['status-listen', 'admin-listen'] as const) {
    const listen = values[name].find(({ ssl, http2 }) => http2 && !ssl);
    if (listen === undefined) continue;
    throw new OperatorError(`--${name}: ${formatPlace(listen)} takes HTTP/2 only with "ssl"`, {
      exitCode: 2,
      help: `For example --${name} "${formatPlace(listen)} ssl http2"`,
    });
  }
}

function refuseSharedAddress(values: OptionValues): void {
  const fixed = listOptions
    .flatMap((name) => values[name])
    .filter(({ address }) => 'path' in address || address.port !== 0);
  fixed.forEach((listen, index) => {
    const before = fixed.slice(0, index);
    if (!before.some(({ address }) => isDeepStrictEqual(address, listen.address))) return;
    throw new OperatorError(`${formatPlace(listen)} is to be listened on twice`, {
      exitCode: 2,
      help: 'Each address can be named once in --proxy-listen, --stream-listen, --status-listen and --admin-listen.',
    });
  });
}

function refuseTwoHomes(values: OptionValues): void {
  const other = (['database', 'database-file'] as const).find((name) => values[name] !== undefined);
  if (values.config === undefined || other === undefined) return;
  throw new OperatorError(`--config and --${other} both say where the configuration lives`, {
    exitCode: 2,
    help: `To bring a file into a database: sluice import --${other} … ${values.config}`,
  });
}

/** Nobody could connect. */
function refuseUntrustedProxies(values: OptionValues): void {
  if (values['trusted-ips'].length > 0) return;
  const listeners = listOptions.flatMap((name) => values[name]);
  const listen = listeners.find(({ proxyProtocol }) => proxyProtocol);
  if (listen === undefined) return;
  throw new OperatorError(
    `${formatPlace(listen)} takes the PROXY protocol, but no peer is trusted to speak it`,
    { exitCode: 2, help: 'Name the proxies in front with --trusted-ips, such as 10.0.0.0/8.' },
  );
}

/** Without a token whoever reaches the Admin API may do everything. */
function refuseOpenAdmin(values: OptionValues): void {
  const listen = values['admin-listen'];
  if (listen.length === 0 || values['admin-auth']) return;
  if (values['admin-cors-origins'].includes('*')) {
    throw new OperatorError(
      '--admin-auth off with --admin-cors-origins * would let every web page change the gateway',
      { exitCode: 2, help: 'Leave --admin-auth on, or name the origins.' },
    );
  }
  const open = listen.find((one) => !isLocal(one));
  if (open === undefined) return;
  throw new OperatorError(
    `--admin-auth off would let everybody who reaches ${formatPlace(open)} change the gateway`,
    {
      exitCode: 2,
      help: 'Leave --admin-auth on, or listen on a loopback address: --admin-listen 127.0.0.1:8001',
    },
  );
}

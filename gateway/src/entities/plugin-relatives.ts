/** A plugin of Kong's that does not run here, and what comes closest to it. */
interface Relative {
  readonly edition: 'enterprise' | 'open-source';
  /** Names of plugins, the nearest first. */
  readonly plugins: readonly string[];
  /** What does the work where no plugin does. */
  readonly instead?: string;
}

function enterprise(...plugins: readonly string[]): Relative {
  return { edition: 'enterprise', plugins };
}

function openSource(...plugins: readonly string[]): Relative {
  return { edition: 'open-source', plugins };
}

const OWN_PLUGIN = 'a plugin of your own (docs/guides/write-a-plugin.md)';
const ACCESS_LOG = 'the JSON access log (--access-log)';

const logs: Relative = { edition: 'open-source', plugins: [], instead: ACCESS_LOG };
const functions: Relative = { edition: 'open-source', plugins: [], instead: OWN_PLUGIN };

/** By the name of Kong's plugin. Where nothing comes close the list of plugins is empty. */
const relatives: Readonly<Record<string, Relative>> = {
  'app-dynamics': enterprise(),
  canary: enterprise(),
  confluent: enterprise(),
  'confluent-consume': enterprise(),
  degraphql: enterprise(),
  'forward-proxy': enterprise(),
  'graphql-proxy-cache-advanced': enterprise(),
  'graphql-rate-limiting-advanced': enterprise('rate-limiting'),
  'header-cert-auth': enterprise('mtls-auth'),
  'injection-protection': enterprise('request-validator'),
  'json-threat-protection': enterprise('request-validator', 'request-size-limiting'),
  jq: enterprise('request-transformer', 'response-transformer'),
  'jwe-decrypt': enterprise('jwt'),
  'jwt-signer': enterprise('upstream-signature', 'jwt'),
  'kafka-log': { edition: 'enterprise', plugins: [], instead: ACCESS_LOG },
  'kafka-upstream': enterprise(),
  'key-auth-enc': enterprise('key-auth'),
  'ldap-auth-advanced': enterprise('external-auth'),
  mocking: enterprise('request-termination'),
  'oas-validation': enterprise('request-validator'),
  opa: enterprise('external-auth'),
  'proxy-cache-advanced': enterprise(),
  'rate-limiting-advanced': enterprise('rate-limiting'),
  'request-callout': enterprise('external-auth'),
  'request-transformer-advanced': enterprise('request-transformer'),
  'response-transformer-advanced': enterprise('response-transformer'),
  'route-by-header': enterprise(),
  'route-transformer-advanced': enterprise('request-transformer'),
  saml: enterprise('openid-connect'),
  'service-protection': enterprise('rate-limiting'),
  'statsd-advanced': enterprise('prometheus'),
  'tls-handshake-modifier': enterprise('mtls-auth'),
  'tls-metadata-headers': enterprise('mtls-auth'),
  'upstream-oauth': enterprise('upstream-signature'),
  'upstream-timeout': enterprise(),
  'vault-auth': enterprise('key-auth'),
  'websocket-size-limit': enterprise('request-size-limiting'),
  'websocket-validator': enterprise('request-validator'),
  'xml-threat-protection': enterprise('request-validator', 'request-size-limiting'),

  datadog: openSource('prometheus'),
  'file-log': logs,
  'http-log': logs,
  'ldap-auth': openSource('external-auth'),
  loggly: logs,
  oauth2: openSource('openid-connect', 'oauth2-introspection'),
  'post-function': functions,
  'pre-function': functions,
  'response-ratelimiting': openSource('rate-limiting'),
  statsd: openSource('prometheus'),
  syslog: logs,
  'tcp-log': logs,
  'udp-log': logs,
};

/** Whether Kong has a plugin of this name in its paid edition, and Sluice does not. */
export function isOfEnterprise(name: string): boolean {
  return relativeOf(name)?.edition === 'enterprise';
}

/**
 * What comes closest to a plugin of Kong's, to be said behind its name; undefined for nothing.
 *
 * @param runs whether a plugin runs here
 */
export function closestTo(name: string, runs: (plugin: string) => boolean): string | undefined {
  const relative = relativeOf(name);
  if (relative === undefined) return undefined;
  const plugins = relative.plugins.filter(runs).map((each) => `'${each}'`);
  if (plugins.length > 0) return `what comes closest is ${plugins.join(', then ')}`;
  return relative.instead === undefined ? undefined : `what comes closest is ${relative.instead}`;
}

/** Every plugin that is told of here. */
export const toldPlugins: readonly string[] = Object.keys(relatives);

function relativeOf(name: string): Relative | undefined {
  return Object.hasOwn(relatives, name) ? relatives[name] : undefined;
}

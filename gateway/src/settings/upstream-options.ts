import { count, duration, path, toggle } from './kinds.ts';
import { option, optional } from './option.ts';
import { proxyVersions } from './upstream-kinds.ts';

/** Settings of connections to upstreams. */
export const upstreamOptions = {
  'upstream-keepalive-pool-size': option(count({ min: 0, max: 100_000 }), {
    default: '512',
    help: 'Idle connections that each thread keeps for one upstream address; 0 keeps none.',
    example: '512',
    kong: 'upstream_keepalive_pool_size',
  }),
  'upstream-keepalive-max-requests': option(count({ min: 0, max: 1_000_000_000 }), {
    default: '10000',
    help: 'Requests after which a connection is closed; 0 is never.',
    example: '10000',
    kong: 'upstream_keepalive_max_requests',
  }),
  'upstream-keepalive-idle-timeout': option(duration({ min: 1 }), {
    default: '60s',
    help: 'How long an idle connection is kept. Keep it shorter than the services do.',
    example: '60s',
    kong: 'upstream_keepalive_idle_timeout',
  }),
  'upstream-tls-verify': option(toggle(), {
    default: 'on',
    help: 'Whether upstreams that are asked with TLS must prove who they are, where a service does not say so itself (`tls_verify`).',
    example: 'off',
    kong: 'tls_certificate_verify',
  }),
  'upstream-ca': optional(path('FILE', 'path of a file'), {
    help: 'A PEM file with the authorities that vouch for upstreams, and for whatever plugins ask, where a service has no `ca_certificates`. Without it, those of the system. Taken up when it changes on disk.',
    example: '/etc/sluice/services-ca.crt',
    kong: 'lua_ssl_trusted_certificate',
  }),
  'upstream-cert': optional(path('FILE', 'path of a file'), {
    help: 'A certificate in PEM, with its chain, that is shown to upstreams that ask for one, where neither service nor upstream has a `client_certificate`. Taken up when it changes on disk.',
    example: '/etc/sluice/gateway.crt',
    kong: 'client_ssl_cert',
  }),
  'upstream-cert-key': optional(path('FILE', 'path of a file'), {
    help: 'The key of `--upstream-cert`.',
    example: '/etc/sluice/gateway.key',
    kong: 'client_ssl_cert_key',
  }),
  'upstream-http2': option(toggle(), {
    default: 'off',
    help: 'Whether services of `https` may choose HTTP/2 in the handshake. Those of `grpc` and `grpcs` always speak it.',
    example: 'on',
  }),
  'upstream-http2-ping-interval': option(duration({ min: 1000 }), {
    default: '5m',
    help: 'An HTTP/2 connection to an upstream on which nothing has arrived for this long, though something was asked, is tested by a PING. Many gRPC servers close connections on which they come more often than every 5 minutes.',
    example: '5m',
  }),
  'upstream-proxy-protocol': option(proxyVersions(), {
    default: '',
    help: "Services whose upstreams are told the client's address by a header of the PROXY protocol at the beginning of each connection: the service's host (or its upstream's name), perhaps with a port, and the version of the protocol. Such connections are not used for a second request.",
    example: 'mail.internal=v1,orders:5432=v2',
  }),
};

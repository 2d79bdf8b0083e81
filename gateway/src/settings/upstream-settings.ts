import { OperatorError } from '../errors.ts';
import type { CertificateFiles, NodeSettings } from './node-settings.ts';
import type { OptionValues } from './options.ts';

type UpstreamSettings = Pick<
  NodeSettings,
  'upstreamKeepalive' | 'upstreamTls' | 'upstreamHttp2' | 'upstreamProxyProtocol'
>;

/** @throws OperatorError (usage) when settings contradict each other */
export function upstreamSettingsOf(values: OptionValues): UpstreamSettings {
  return {
    upstreamKeepalive: {
      poolSize: values['upstream-keepalive-pool-size'],
      maxRequests: values['upstream-keepalive-max-requests'],
      idleTimeout: values['upstream-keepalive-idle-timeout'],
    },
    upstreamTls: {
      verify: values['upstream-tls-verify'],
      authorities: values['upstream-ca'] ?? null,
      certificate: certificateOf(values),
    },
    upstreamHttp2: {
      offered: values['upstream-http2'],
      pingInterval: values['upstream-http2-ping-interval'],
    },
    upstreamProxyProtocol: values['upstream-proxy-protocol'],
  };
}

function certificateOf(values: OptionValues): CertificateFiles | null {
  const cert = values['upstream-cert'];
  const key = values['upstream-cert-key'];
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined) return { cert, key };
  const [given, missing] = cert === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
  throw new OperatorError(`the ${given} for upstreams is given, and its ${missing} is not`, {
    exitCode: 2,
    help: 'Give both of --upstream-cert and --upstream-cert-key.',
  });
}

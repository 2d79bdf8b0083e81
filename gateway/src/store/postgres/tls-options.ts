import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * `disable`: never encrypted. `require`: encrypted, and the server's certificate is only checked if
 * there is an `sslrootcert`. `verify-ca`: an authority that is trusted must have signed it.
 * `verify-full`: and it must be for the host that was asked for.
 */
export const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

export type SslMode = (typeof sslModes)[number];

export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

export interface TlsFiles {
  /** Authorities; those that Node.js trusts when absent. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export function isSslMode(text: string): text is SslMode {
  return (sslModes as readonly string[]).includes(text);
}

export function tlsOptions(mode: SslMode, host: string, { ca, cert, key }: TlsFiles): TlsOptions {
  return {
    rejectUnauthorized: mode !== 'require' || ca !== undefined,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // Given the host that was asked for, which may be an address that TLS itself is not told.
    checkServerIdentity: (_, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
  };
}

import { fileURLToPath } from 'node:url';
import { unusedPort } from '../../../test/support/unused-port.ts';
import type { Child } from '../child.ts';
import { type NginxSite, startNginx } from '../nginx.ts';
import { waitForPort } from '../ports.ts';
import type { Measured } from '../rounds.ts';
import { BASE } from '../scenario.ts';
import type { Session } from '../session.ts';
import { type SluiceOptions, startSluice } from '../sluice.ts';
import type { CertificateFiles } from './certificate.ts';

/** A running server that is measured. */
export interface EdgeServer extends Measured {
  readonly name: string;
  readonly port: number;
  readonly child: Child;
}

/** What servers are started with. */
export interface EdgeArena {
  readonly session: Session;
  /** The compiled Sluice. */
  readonly program: string;
  readonly cores: { readonly proxy: number; readonly load: number };
}

export async function nginxServer(
  { session, cores }: EdgeArena,
  site: Omit<NginxSite, 'name' | 'core'>,
): Promise<EdgeServer> {
  const { child, port } = await startNginx(session, { name: BASE, core: cores.proxy, ...site });
  return { name: BASE, port, pid: child.pid, child };
}

export async function sluiceServer(
  { session, program, cores }: EdgeArena,
  options: Pick<SluiceOptions, 'document' | 'listen' | 'flags'>,
): Promise<EdgeServer> {
  const { child, port } = await startSluice(session, {
    program,
    workers: 1,
    cores: String(cores.proxy),
    ...options,
  });
  return { name: 'Sluice', port, pid: child.pid, child };
}

/**
 * Starts one of the programs of this folder, which listens on the port that is its first argument.
 *
 * @param core that it may use
 */
export async function programServer(
  session: Session,
  name: string,
  file: string,
  core: number,
  ...args: readonly string[]
): Promise<EdgeServer> {
  const port = await unusedPort();
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = session.start({
    name,
    command: process.execPath,
    args: [program, String(port), ...args],
    cores: String(core),
  });
  await waitForPort(child, port);
  return { name, port, pid: child.pid, child };
}

/** Starts what answers every message of a WebSocket with another one. */
export function startWebSocketEcho(session: Session, core: number): Promise<EdgeServer> {
  return programServer(session, 'echo', 'web-socket-echo.ts', core);
}

/** Directives of nginx for this certificate. */
export function nginxCertificate({ cert, key }: CertificateFiles): string[] {
  return [
    `ssl_certificate ${cert};`,
    `ssl_certificate_key ${key};`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    'ssl_session_cache shared:TLS:10m;',
  ];
}

/** The same for Sluice. */
export function sluiceCertificate({ cert, key }: CertificateFiles): string[] {
  return ['--ssl-cert', cert, '--ssl-cert-key', key];
}

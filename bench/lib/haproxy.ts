import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusedPort } from '../../test/support/unused-port.ts';
import type { Child } from './child.ts';
import { waitForPort } from './ports.ts';
import { type Session, tryRun } from './session.ts';

export function isHaproxyInstalled(): boolean {
  return tryRun('haproxy', ['-v']) !== undefined;
}

/** Starts HAProxy as a plain proxy with one thread. */
export async function startHaproxy(
  session: Session,
  backendPort: number,
  core: number,
): Promise<{ child: Child; url: string }> {
  const port = await unusedPort();
  const file = join(session.folder('haproxy'), 'haproxy.cfg');
  writeFileSync(file, haproxyConfig(port, backendPort));
  const child = session.start({
    name: 'HAProxy',
    command: 'haproxy',
    args: ['-db', '-f', file],
    cores: String(core),
  });
  await waitForPort(child, port);
  return { child, url: `http://127.0.0.1:${port}` };
}

function haproxyConfig(port: number, backendPort: number): string {
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 1h
  timeout server 60s
frontend clients
  bind 127.0.0.1:${port}
  default_backend backend
backend backend
  server backend 127.0.0.1:${backendPort}
`;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusedPort } from '../../test/support/unused-port.ts';
import type { Child } from './child.ts';
import { waitForPort } from './ports.ts';
import type { Session } from './session.ts';

/** A running nginx. */
export interface Nginx {
  readonly child: Child;
  readonly port: number;
  readonly url: string;
}

export interface NginxSite {
  /** What to call it. */
  readonly name: string;
  readonly core: number;
  /** 0 for any. */
  readonly port?: number;
  /** Directives of the `http` block. */
  readonly http?: readonly string[];
  /** What its listener takes beside plain HTTP/1.1, such as `ssl http2`. */
  readonly listen?: string;
  /** Directives of the one server. */
  readonly server: readonly string[];
}

/** One worker, no access log unless the site has one, connections kept for ever. */
export function nginxConfig(site: NginxSite, port: number, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return [
    ...oneWorker(folder),
    'http {',
    'access_log off;',
    'default_type application/octet-stream;',
    'sendfile on;',
    'keepalive_timeout 1h;',
    'keepalive_requests 1000000000;',
    'client_max_body_size 0;',
    ...temporary.filter((line) => /client_body|proxy/.test(line)),
    ...(site.http ?? []),
    'server {',
    `listen 127.0.0.1:${port} ${site.listen ?? ''} backlog=4096;`,
    ...site.server,
    '}',
    '}',
    '',
  ].join('\n');
}

/** What comes before the `http` or `stream` block. */
export function oneWorker(folder: string): string[] {
  return [
    // The folder belongs to the user who runs the bench.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'worker_processes 1;',
    'daemon off;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr error;',
    'events { worker_connections 16384; }',
  ];
}

export function startNginx(session: Session, site: NginxSite): Promise<Nginx> {
  return launchNginx(session, site, (port, folder) => nginxConfig(site, port, folder));
}

/** Where it runs, and as what. */
export type NginxPlace = Pick<NginxSite, 'name' | 'core' | 'port'>;

/** @param config writes the configuration of one that listens on `port` and has a folder of its own */
export async function launchNginx(
  session: Session,
  site: NginxPlace,
  config: (port: number, folder: string) => string,
): Promise<Nginx> {
  const folder = session.folder('nginx');
  mkdirSync(folder, { recursive: true });
  const port = site.port || (await unusedPort());
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config(port, folder));
  const child = session.start({
    name: site.name,
    command: 'nginx',
    args: ['-p', folder, '-e', 'stderr', '-c', file],
    cores: String(site.core),
  });
  await waitForPort(child, port);
  return { child, port, url: `http://127.0.0.1:${port}` };
}

/** Directives of nginx as a plain proxy in front of the backend. */
export function proxySite(backendPort: number): Pick<NginxSite, 'http' | 'server'> {
  return {
    http: [
      'upstream backend {',
      `server 127.0.0.1:${backendPort};`,
      'keepalive 512;',
      'keepalive_requests 1000000000;',
      '}',
    ],
    server: ['location / {', ...proxyPass, '}'],
  };
}

export const proxyPass: readonly string[] = [
  'proxy_pass http://backend;',
  'proxy_http_version 1.1;',
  'proxy_set_header Connection "";',
  // As lean as it gets: nothing goes through temporary files.
  'proxy_request_buffering off;',
  'proxy_max_temp_file_size 0;',
];

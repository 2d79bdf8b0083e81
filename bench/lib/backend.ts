import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusedPort } from '../../test/support/unused-port.ts';
import { type Nginx, startNginx } from './nginx.ts';
import type { Session } from './session.ts';

/** Where the backend gives what; every other path gives a small JSON document. */
export const backendPaths = {
  /** A response with 12 fields. */
  browser: '/browser',
  /** 64 KiB. */
  large: '/large',
  /** Reads a body to its end before it answers. */
  upload: '/upload',
  /** Says of every token that it is active, and whose it is (RFC 7662). */
  introspect: '/introspect',
  /** A static file of the length that was asked for. */
  file: '/file.html',
} as const;

export const INTROSPECTED_USER = 'ada@example.com';

export interface BackendOptions {
  readonly core: number;
  /** 0 for any. */
  readonly port: number;
  /** Length of the static file, bytes. */
  readonly fileBytes?: number;
}

/** Starts the server that stands behind every proxy. */
export async function startBackend(session: Session, options: BackendOptions): Promise<Nginx> {
  const files = session.folder('files');
  writeFileSync(join(files, 'large'), Buffer.alloc(64 * 1024, 'x'));
  writeFileSync(join(files, 'file.html'), Buffer.alloc(options.fileBytes ?? 1024, 'x'));
  const sink = await unusedPort();
  return startNginx(session, {
    name: 'backend',
    core: options.core,
    port: options.port,
    http: [
      `server { listen 127.0.0.1:${sink}; return 200 "taken\\n"; }`,
      `upstream sink { server 127.0.0.1:${sink}; keepalive 64; }`,
    ],
    server: [
      `root ${files};`,
      'open_file_cache max=16 inactive=1h;',
      'location / {',
      'default_type application/json;',
      `return 200 '{"hello":"world","number":12345}';`,
      '}',
      `location ${backendPaths.browser} {`,
      'default_type text/html;',
      ...browserFields.map((field) => `add_header ${field};`),
      `return 200 '${'<p>Hello</p>'.repeat(20)}';`,
      '}',
      `location = ${backendPaths.large} { }`,
      `location = ${backendPaths.introspect} {`,
      'default_type application/json;',
      `return 200 '{"active":true,"username":"${INTROSPECTED_USER}","scope":"orders","exp":4102444800}';`,
      '}',
      `location = ${backendPaths.file} { default_type text/html; }`,
      // `return` would answer before the body has come; a proxied request without it does not.
      `location = ${backendPaths.upload} {`,
      'client_body_buffer_size 2m;',
      'proxy_pass http://sink;',
      'proxy_http_version 1.1;',
      'proxy_pass_request_body off;',
      'proxy_set_header Content-Length "";',
      'proxy_set_header Connection "";',
      '}',
    ],
  });
}

/** With those that nginx adds (Server, Date, Content-Type, Content-Length, Connection) there are 12. */
const browserFields = [
  'Cache-Control "private, max-age=0, must-revalidate"',
  'ETag "W/5e1f-18c2a7c9d40"',
  'Vary "Accept-Encoding, Origin"',
  'X-Content-Type-Options nosniff',
  'Strict-Transport-Security "max-age=31536000; includeSubDomains"',
  'Content-Security-Policy "default-src self; frame-ancestors none"',
  'Set-Cookie "session=c2Vzc2lvbi10b2tlbi1vZi1hLWJyb3dzZXI; Path=/; HttpOnly; SameSite=Lax"',
];

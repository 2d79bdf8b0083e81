import { existsSync } from 'node:fs';
import { BenchError } from './bench-error.ts';
import { launchNginx, oneWorker, type Nginx, type NginxPlace } from './nginx.ts';
import type { Session } from './session.ts';

/** Where Debian and its kin put the module; others build it in. */
const MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

/**
 * Starts nginx as a proxy of connections, with its own defaults.
 *
 * @throws BenchError when this nginx cannot do that
 */
export async function startNginxStream(
  session: Session,
  place: NginxPlace,
  backendPort: number,
): Promise<Nginx> {
  const load = existsSync(MODULE) ? [`load_module ${MODULE};`] : [];
  try {
    return await launchNginx(session, place, (port, folder) =>
      [
        ...load,
        ...oneWorker(folder),
        'stream {',
        'tcp_nodelay on;',
        'server {',
        `listen 127.0.0.1:${port} backlog=4096;`,
        `proxy_pass 127.0.0.1:${backendPort};`,
        '}',
        '}',
        '',
      ].join('\n'),
    );
  } catch (error) {
    if (!String((error as Error).message).includes('"stream"')) throw error;
    throw new BenchError('this nginx has no stream module: apt-get install libnginx-mod-stream');
  }
}

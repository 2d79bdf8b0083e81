import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const LOWEST = 10_000;
/** Where the ports begin that the system gives to whoever does not care, where it does not say. */
const USUAL_RANGE = 32_768;

/**
 * A port of 127.0.0.1 on which nothing listens now, and which the system gives to nobody by itself: of
 * those, any connection of another process could take one before the caller listens on it.
 */
export async function unusedPort(): Promise<number> {
  const ports = ownRange() - LOWEST;
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * ports);
    if (await isUnused(port)) return port;
  }
}

function ownRange(): number {
  try {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const first = Number.parseInt(range, 10);
    return first > LOWEST ? first : USUAL_RANGE;
  } catch {
    return USUAL_RANGE;
  }
}

function isUnused(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

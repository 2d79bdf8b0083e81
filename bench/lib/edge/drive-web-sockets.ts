import { fileURLToPath } from 'node:url';
import type { Driven } from '../rounds.ts';
import type { Session } from '../session.ts';

const program = fileURLToPath(new URL('web-socket-load.ts', import.meta.url));

/** Sends messages in WebSockets for a while, each when the echo of the one before is there. */
export async function driveWebSockets(
  session: Session,
  port: number,
  connections: number,
  seconds: number,
  core: number,
): Promise<Driven> {
  const output = await session.run({
    name: 'WebSocket load',
    command: process.execPath,
    args: [program, String(port), String(connections), String(seconds)],
    cores: String(core),
  });
  return { ...(JSON.parse(output) as Omit<Driven, 'p50' | 'p99'>), p50: 0, p99: 0 };
}

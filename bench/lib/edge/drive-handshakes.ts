import { BenchError } from '../bench-error.ts';
import type { Driven } from '../rounds.ts';
import type { Session } from '../session.ts';

/** Clients that shake hands at the same time: one alone waits more than it works. */
const CLIENTS = 4;

/** Handshakes of a run of `openssl s_time`. @throws BenchError when it says none */
export function parseSTime(text: string): number {
  const match = /^(\d+) connections in \d+ real seconds/m.exec(text);
  if (match === null) throw new BenchError(`openssl s_time gave none:\n${text}`);
  return Number(match[1]);
}

/** Opens connections with full handshakes for a while, one after another. */
export async function driveHandshakes(
  session: Session,
  port: number,
  seconds: number,
  core: number,
): Promise<Driven> {
  const begin = performance.now();
  const outputs = await Promise.all(
    Array.from({ length: CLIENTS }, () =>
      session.run({
        name: 'openssl s_time',
        command: 'openssl',
        args: ['s_time', '-connect', `127.0.0.1:${port}`, '-new', '-time', String(seconds)],
        cores: String(core),
      }),
    ),
  );
  const requests = outputs.map(parseSTime).reduce((sum, value) => sum + value, 0);
  return {
    requests,
    seconds: (performance.now() - begin) / 1000,
    p50: 0,
    p99: 0,
    problems: requests === 0 ? ['no handshake succeeded'] : [],
  };
}

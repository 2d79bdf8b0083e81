import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { OperatorError } from '../../errors.ts';
import { CAN_SHARE_PORT } from '../../proxy/net/port-sharing.ts';
import { formatPlace } from '../../settings/listen-kinds.ts';
import type { Address, Listen } from '../../settings/node-settings.ts';
import { clearSocketFile } from './socket-file.ts';

/**
 * Addresses for threads to listen on. Threads share their ports, so a second gateway would start
 * silently beside the first and take half of its requests: each address is bound alone first. A port
 * that the system chose in place of 0 stays bound until it is released, for the system would give it to
 * the next process that asks.
 */
export class ReservedPorts {
  readonly #chosen: Server[] = [];

  /**
   * @param option that names the addresses, for the message
   * @returns the listeners with the ports that they get
   * @throws OperatorError for the first address that cannot be had
   */
  async reserve(listeners: readonly Listen[], option: string): Promise<Listen[]> {
    const checked: Server[] = [];
    try {
      const bound: Listen[] = [];
      // Held together, so that the system does not choose one port twice.
      for (const listen of listeners) {
        const { address } = listen;
        if ('path' in address) {
          await clearSocketFile(address.path, option);
          bound.push(listen);
          continue;
        }
        const held = address.port === 0 && CAN_SHARE_PORT;
        const server = await bind(listen, address, option, held);
        (held ? this.#chosen : checked).push(server);
        bound.push(withPort(listen, server));
      }
      return bound;
    } finally {
      await closeAll(checked);
    }
  }

  /** Once threads listen, or never will. */
  async release(): Promise<void> {
    await closeAll(this.#chosen.splice(0));
  }
}

/** Checks addresses of servers that share theirs with nobody; see `ReservedPorts.reserve`. */
export async function checkAddresses(
  listeners: readonly Listen[],
  option: string,
): Promise<Listen[]> {
  const ports = new ReservedPorts();
  try {
    return await ports.reserve(listeners, option);
  } finally {
    await ports.release();
  }
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
}

/** A listener with the port on which a server of it really listens. */
export function withPort(listen: Listen, server: Server): Listen {
  const { address } = listen;
  if ('path' in address) return listen;
  const { port } = server.address() as AddressInfo;
  return { ...listen, address: { host: address.host, port } };
}

function bind(
  listen: Listen,
  address: Address,
  option: string,
  reusePort: boolean,
): Promise<Server> {
  // Nobody knows of a port that is still being chosen.
  const server = createServer((stranger) => stranger.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(refusal(listen, option, error)));
    const { ipv6Only } = listen;
    server.listen({ ...address, ipv6Only, exclusive: true, reusePort }, () => resolve(server));
  });
}

/** What to tell an operator when a place, given with `option`, cannot be listened on. */
export function refusal(
  listen: Pick<Listen, 'address'>,
  option: string,
  error: NodeJS.ErrnoException,
): OperatorError {
  const name = formatPlace(listen);
  const other = `or choose another address with ${option}.`;
  const [why, help] = ((): [string, string] => {
    switch (error.code) {
      case 'EADDRINUSE':
        return ['the address is in use', `Stop the process that listens there, ${other}`];
      case 'EACCES':
        return [
          'this user may not',
          `Use a port from 1024 on, grant CAP_NET_BIND_SERVICE, ${other}`,
        ];
      case 'EADDRNOTAVAIL':
        return ['no interface of this machine has the address', `Bring it up, ${other}`];
      case 'ENOENT':
        return ['its folder does not exist', `Create it, ${other}`];
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return ['the name cannot be resolved', `Correct the name, ${other}`];
      default:
        return [error.message, `Mend that, ${other}`];
    }
  })();
  return new OperatorError(`cannot listen on ${name}: ${why}`, { help, cause: error });
}

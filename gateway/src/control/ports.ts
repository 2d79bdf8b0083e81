import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { OperatorError } from '../errors.ts';
import type { Address } from '../settings/node-settings.ts';
import { formatAddress } from '../settings/network-kinds.ts';

/**
 * Binds each address alone for a moment. Threads share their ports, so without this a second gateway
 * would start silently beside the first and take half of its requests.
 *
 * @param option that names the addresses, for the message
 * @returns the addresses with the port that the system chose in place of 0
 * @throws OperatorError for the first address that cannot be had
 */
export async function checkAddresses(
  addresses: readonly Address[],
  option: string,
): Promise<Address[]> {
  const servers: Server[] = [];
  try {
    const bound: Address[] = [];
    // Held together, so that the system does not choose one port twice.
    for (const address of addresses) {
      const server = await bind(address, option);
      servers.push(server);
      bound.push({ host: address.host, port: (server.address() as AddressInfo).port });
    }
    return bound;
  } finally {
    await Promise.all(
      servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
  }
}

function bind(address: Address, option: string): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(refusal(address, option, error)));
    server.listen({ ...address, exclusive: true }, () => resolve(server));
  });
}

/** What to tell an operator when `address`, given with `option`, cannot be listened on. */
export function refusal(
  address: Address,
  option: string,
  error: NodeJS.ErrnoException,
): OperatorError {
  const name = formatAddress(address);
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
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return ['the name cannot be resolved', `Correct the name, ${other}`];
      default:
        return [error.message, `Mend that, ${other}`];
    }
  })();
  return new OperatorError(`cannot listen on ${name}: ${why}`, { help, cause: error });
}

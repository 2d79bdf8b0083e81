import { BlockList, isIPv4, SocketAddress } from 'node:net';
import type { EndpointRecord } from '../../snapshot/records.ts';

/** One end of a connection as a route wants it: an address or block, a port, or both. */
export class EndpointCriterion {
  readonly #ip: string | null;
  readonly #block: BlockList | null;
  readonly #port: number | null;

  constructor({ ip, port }: EndpointRecord) {
    const [address = '', bits] = ip?.replace(/^\[(.*)\]/, '$1').split('/') ?? [];
    this.#port = port ?? null;
    this.#ip = ip === undefined || bits !== undefined ? null : usualForm(address);
    this.#block = bits === undefined ? null : blockOf(address, Number(bits));
  }

  /** @param ip as a socket tells it; another text when the connection came through a unix socket */
  accepts(ip: string, port: number): boolean {
    if (this.#port !== null && this.#port !== port) return false;
    if (this.#ip !== null) return this.#ip === ip;
    return this.#block === null || this.#block.check(ip, familyOf(ip));
  }
}

function blockOf(address: string, bits: number): BlockList {
  const block = new BlockList();
  block.addSubnet(address, bits, familyOf(address));
  return block;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** An address as sockets tell it. */
export function usualForm(address: string): string {
  return isIPv4(address) ? address : new SocketAddress({ address, family: 'ipv6' }).address;
}

import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';
import type { NodeSettings } from '../settings/node-settings.ts';

/** Stands for the peer at the other end of a unix socket, which has no address; as in Kong. */
export const UNIX_PEER = 'unix:';

export type ClientAddressSettings = Pick<NodeSettings, 'trustedIps' | 'realIpRecursive'>;

/** Who is at the other end: which peers are believed, and which client they speak for. */
export interface ClientAddress {
  /** Whether the forwarded headers of this peer are believed. About 200 ns: ask once a connection. */
  trusts(peerIp: string): boolean;
  /**
   * The address of the client that a trusted peer speaks for. The header's last address is the one
   * that the peer itself has seen; with `realIpRecursive` it is the last one that is not trusted.
   *
   * @param headerValue value of the real IP header; of several lines the values joined by commas
   * @returns the peer's own address when the header is missing or does not end in an address
   */
  clientIp(peerIp: string, headerValue: string | undefined): string;
}

/** @throws {TypeError} when a trusted block is not an address or CIDR block */
export function createClientAddress(settings: ClientAddressSettings): ClientAddress {
  const { trustedIps, realIpRecursive } = settings;
  const blocks = new BlockList();
  for (const block of trustedIps) {
    if (block === UNIX_PEER) continue;
    const [address = '', length] = block.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    blocks.addSubnet(address, Number(length ?? (family === 'ipv4' ? 32 : 128)), family);
  }

  const trustsUnix = trustedIps.includes(UNIX_PEER);
  const trusts = (ip: string): boolean =>
    ip === UNIX_PEER ? trustsUnix : blocks.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6');

  return {
    trusts: trustedIps.length === 0 ? () => false : trusts,
    clientIp(peerIp, headerValue) {
      if (headerValue === undefined) return peerIp;
      let client = peerIp;
      let end = headerValue.length;
      do {
        const comma = headerValue.lastIndexOf(',', end - 1);
        const item = headerValue.slice(comma + 1, end).trim();
        end = comma;
        if (item === '') continue;
        const address = readAddress(item);
        if (address === null) break;
        client = address;
        if (!realIpRecursive || !trusts(address)) break;
      } while (end > 0);
      return client;
    },
  };
}

/**
 * IPv4 address of a peer that a dual-stack socket reports as `::ffff:a.b.c.d`, so that logs, limits
 * and upstreams see one client under one name. Other addresses come back as they are.
 */
export function withoutIPv4Mapping(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip;
}

/** `address`, `address:port`, `[address]` or `[address]:port`, as the address in its usual form. */
function readAddress(text: string): string | null {
  const match = /^(?:\[([^\]%]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text);
  const address = match === null ? text : (match[1] ?? match[2] ?? '');
  const family = isIP(address);
  if (family === 4) return address;
  if (family === 0 || address.includes('%')) return null;
  return withoutIPv4Mapping(new SocketAddress({ address, family: 'ipv6' }).address);
}

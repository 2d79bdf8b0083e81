import net from 'node:net';

/** Version of the PROXY protocol that connections begin with; 0 for none. */
export type ProxyVersion = 0 | 1 | 2;

/** The connection of a client, as an upstream is told of it. */
export interface ProxiedClient {
  readonly peerIp: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
/** Version 2, on behalf of somebody. */
const PROXY = '\x21';
/** Version 2, on behalf of nobody. */
const LOCAL = '\x20';
const TCP4 = '\x11';
const TCP6 = '\x21';
const UNSPECIFIED = '\0';

/**
 * The header of the PROXY protocol that tells an upstream who its client is, one character a byte. A
 * client without an address, such as one that came through a unix socket, is said to be unknown.
 */
export function proxyHeader(version: 1 | 2, client: ProxiedClient): string {
  const family = familyOf(client);
  return version === 1 ? textHeader(family, client) : binaryHeader(family, client);
}

/** 0 when one of the addresses is none, or they are not of one kind. */
function familyOf({ peerIp, localAddress }: ProxiedClient): number {
  const family = net.isIP(peerIp);
  return family === net.isIP(localAddress) ? family : 0;
}

function textHeader(family: number, client: ProxiedClient): string {
  if (family === 0) return 'PROXY UNKNOWN\r\n';
  const { peerIp, localAddress, peerPort, localPort } = client;
  return `PROXY TCP${family} ${peerIp} ${localAddress} ${peerPort} ${localPort}\r\n`;
}

function binaryHeader(family: number, client: ProxiedClient): string {
  if (family === 0) return `${SIGNATURE}${LOCAL}${UNSPECIFIED}${uint16(0)}`;
  const encode = family === 4 ? ipv4 : ipv6;
  const addresses =
    encode(client.peerIp) +
    encode(client.localAddress) +
    uint16(client.peerPort) +
    uint16(client.localPort);
  return `${SIGNATURE}${PROXY}${family === 4 ? TCP4 : TCP6}${uint16(addresses.length)}${addresses}`;
}

function uint16(value: number): string {
  return String.fromCharCode(value >>> 8, value & 255);
}

function ipv4(address: string): string {
  return String.fromCharCode(...address.split('.').map(Number));
}

function ipv6(address: string): string {
  const withoutZone = address.split('%')[0]!;
  const [before = '', after] = withoutZone.split('::');
  const first = groups(before);
  if (after === undefined) return first.map(uint16).join('');
  const last = groups(after);
  const zeros = new Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...zeros, ...last].map(uint16).join('');
}

/** The groups of a part of an IPv6 address, the last two perhaps written as an IPv4 address. */
function groups(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

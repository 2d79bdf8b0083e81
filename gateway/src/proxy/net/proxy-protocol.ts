import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { withoutIPv4Mapping } from '../client-address.ts';
import type { ProxiedAddresses } from './arrival.ts';

/** More must come before anything can be said. */
export const INCOMPLETE = 0;

/** Longest header that is read, bytes: addresses take 232 at most, the rest are notes for us. */
export const LONGEST_HEADER = 4096;

/** What a connection begins with. */
export interface ProxyHeader {
  /** Bytes of the header. */
  readonly length: number;
  /** Null when the proxy speaks for itself, or for a client whose addresses it does not tell. */
  readonly addresses: ProxiedAddresses | null;
}

/** What is wrong with a header, in words for operators. */
export class BadProxyHeader extends Error {}

const LONGEST_LINE = 107;
const WORD = Buffer.from('PROXY ', 'latin1');
const LINE = /^PROXY (?:UNKNOWN(?: [\x20-\x7e]*)?|(TCP4|TCP6) (\S+) (\S+) (\d{1,5}) (\d{1,5}))$/;

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_LENGTH = 16;
const VERSION = 0x20;
const LOCAL = 0;
const PROXY = 1;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;

/**
 * Reads a header of the PROXY protocol, version 1 or 2.
 *
 * @param bytes what has arrived
 * @throws BadProxyHeader when it cannot be one, whatever else may come
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | typeof INCOMPLETE {
  if (begins(bytes, WORD)) return readLine(bytes);
  if (begins(bytes, SIGNATURE)) return readBinary(bytes);
  throw new BadProxyHeader('does not begin as one');
}

/** Whether `bytes` begin with `start`, as far as they go. */
function begins(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readLine(bytes: Buffer): ProxyHeader | typeof INCOMPLETE {
  const end = bytes.subarray(0, LONGEST_LINE).indexOf('\r\n', 0, 'latin1');
  if (end === -1) {
    if (bytes.length < LONGEST_LINE) return INCOMPLETE;
    throw new BadProxyHeader('has a line that does not end');
  }
  const match = LINE.exec(bytes.toString('latin1', 0, end));
  if (match === null) throw new BadProxyHeader('has a line of another form');
  const length = end + 2;
  const [, family, sourceIp = '', destinationIp = '', source, destination] = match;
  if (family === undefined) return { length, addresses: null };
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  if (!isAddress(sourceIp) || !isAddress(destinationIp) || sourceIp.includes('%')) {
    throw new BadProxyHeader('names something that is no address');
  }
  const addresses = {
    sourceIp: usual(sourceIp),
    sourcePort: portOf(source),
    destinationIp: usual(destinationIp),
    destinationPort: portOf(destination),
  };
  return { length, addresses };
}

function portOf(text = ''): number {
  const port = Number(text);
  if (port > 65_535 || String(port) !== text) throw new BadProxyHeader('names a port that is none');
  return port;
}

function readBinary(bytes: Buffer): ProxyHeader | typeof INCOMPLETE {
  if (bytes.length < FIXED_LENGTH) return INCOMPLETE;
  const command = bytes.readUInt8(12) - VERSION;
  if (command !== LOCAL && command !== PROXY) {
    throw new BadProxyHeader('has an unknown version or command');
  }
  const family = bytes.readUInt8(13);
  const length = FIXED_LENGTH + bytes.readUInt16BE(14);
  if (length > LONGEST_HEADER) throw new BadProxyHeader(`has ${length} bytes, which is too long`);
  if (bytes.length < length) return INCOMPLETE;
  if (command === LOCAL) return { length, addresses: null };
  const content = bytes.subarray(FIXED_LENGTH, length);
  if (family === TCP_OVER_IPV4) return { length, addresses: addressesOf(content, 4, dotted) };
  if (family === TCP_OVER_IPV6) return { length, addresses: addressesOf(content, 16, grouped) };
  // What else there is says nothing of use: unix sockets, datagrams, unspecified.
  return { length, addresses: null };
}

function addressesOf(
  content: Buffer,
  size: 4 | 16,
  format: (bytes: Buffer) => string,
): ProxiedAddresses {
  if (content.length < 2 * size + 4) throw new BadProxyHeader('is too short for its addresses');
  return {
    sourceIp: format(content.subarray(0, size)),
    destinationIp: format(content.subarray(size, 2 * size)),
    sourcePort: content.readUInt16BE(2 * size),
    destinationPort: content.readUInt16BE(2 * size + 2),
  };
}

function dotted(bytes: Buffer): string {
  return bytes.join('.');
}

function grouped(bytes: Buffer): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => bytes.readUInt16BE(at).toString(16));
  return usual(groups.join(':'));
}

/** One form for each address: limits and logs compare them as texts. */
function usual(ip: string): string {
  if (isIPv4(ip)) return ip;
  return withoutIPv4Mapping(new SocketAddress({ address: ip, family: 'ipv6' }).address);
}

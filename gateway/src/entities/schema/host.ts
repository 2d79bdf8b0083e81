import { isIPv6 } from 'node:net';

/** A host as Kong reads it: a name or an address, with or without port. */
export interface ParsedHost {
  readonly kind: 'name' | 'ipv4' | 'ipv6';
  /** Without brackets and port; IPv6 written out in full. */
  readonly host: string;
  readonly port: number | null;
}

/** Reads `host[:port]`; a string says what is wrong. */
export function parseHost(text: string): ParsedHost | string {
  const colons = text.split(':').length - 1;
  if (colons > 1) return parseIpv6(text);
  return /^[\d.]+(?::|$)/.test(text) ? parseIpv4(text) : parseName(text);
}

function parseIpv4(text: string): ParsedHost | string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d+))?$/.exec(text);
  if (match === null) return `invalid ipv4 address: ${text}`;
  const octets = match.slice(1, 5).map(Number);
  if (octets.some((octet) => octet > 255)) return `invalid ipv4 address: ${text}`;
  return withPort('ipv4', octets.join('.'), match[5]);
}

function parseIpv6(text: string): ParsedHost | string {
  const match = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  const address = match?.[1] ?? text;
  if (!isIPv6(address) || address.includes('%')) return `invalid ipv6 address: ${text}`;
  return withPort('ipv6', expandIpv6(address), match?.[2]);
}

function parseName(text: string): ParsedHost | string {
  const match = /^(.*?)(?::(\d+))?$/s.exec(text);
  const name = match?.[1] ?? '';
  if (!/^[\w.-]+$/.test(name)) return `invalid hostname: ${name}`;
  const wrong = name.split('.').some((label) => label === '' || label.endsWith('-'));
  return wrong ? `invalid hostname: ${name}` : withPort('name', name, match?.[2]);
}

function withPort(kind: ParsedHost['kind'], host: string, digits?: string): ParsedHost | string {
  if (digits === undefined) return { kind, host, port: null };
  const port = Number(digits);
  return port > 65535 ? invalidPort : { kind, host, port };
}

const unixForm = /^unix:\/[\x21-\x7e]{1,102}$/;

/** Whether it names a unix socket, by an absolute path: `unix:/run/orders.sock`. */
export function isUnixSocket(text: string): boolean {
  return unixForm.test(text);
}

export const invalidPort = 'invalid port number';

/** Eight groups of four digits, as Kong stores addresses. */
function expandIpv6(address: string): string {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (a: string | undefined, b: string | undefined): string =>
    (Number(a) * 256 + Number(b)).toString(16);
  const plain =
    dotted === null
      ? address
      : `${dotted[1] ?? ''}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(':');
}

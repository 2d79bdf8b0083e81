import { BlockList, isIP } from 'node:net';
import { type Kind, ValueError } from './kinds.ts';
import type { Address } from './node-settings.ts';

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress(address: Address): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

/** Whether only this machine reaches what listens on a host. A name is taken to be reachable, but for localhost. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const family = isIP(host);
  if (family === 4) return host.startsWith('127.');
  return family === 6 && loopback6.check(host, 'ipv6');
}

const loopback6 = new BlockList();
loopback6.addAddress('::1', 'ipv6');
loopback6.addSubnet('127.0.0.0', 8, 'ipv4');

/** `host:port` or `[ipv6]:port`. @throws ValueError */
export function parseAddress(address: string): Address {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined) {
    throw new ValueError(
      isIP(address) === 6 || address.split(':').length > 2
        ? `holds "${address}", which is not an address with a port (IPv6 goes in brackets)`
        : `holds "${address}", which is not an address with a port`,
    );
  }
  if (match?.[1] !== undefined && isIP(host) !== 6) {
    throw new ValueError(`holds "${host}", which is not an IPv6 address`);
  }
  if (/^[\d.]+$/.test(host) && isIP(host) !== 4) {
    throw new ValueError(`holds "${host}", which is not an IPv4 address`);
  }
  if (port > 65_535) throw new ValueError(`names port ${port}, but the largest is 65535`);
  return { host, port };
}

/** Addresses and CIDR blocks. Addresses come out as blocks of one. */
export function cidrList(): Kind<readonly string[]> {
  return {
    placeholder: 'CIDR,…',
    notation:
      'comma-separated addresses or CIDR blocks; `unix:` for whoever comes by a unix socket; empty for none',
    isList: true,
    parse: (text) => items(text).map(parseCidr),
    format: (value) => value.join(','),
  };
}

function parseCidr(text: string): string {
  if (text.toLowerCase() === 'unix:') return 'unix:';
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) {
    throw new ValueError(`holds "${text}", which is not an IP address or CIDR block`);
  }
  const bits = family === 4 ? 32 : 128;
  if (length === undefined) return `${address}/${bits}`;
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) {
    throw new ValueError(`holds "${text}", whose prefix length is not between 0 and ${bits}`);
  }
  return `${address}/${Number(length)}`;
}

/** Name of a request field, made lower-case. */
export function fieldName(): Kind<string> {
  return {
    placeholder: 'FIELD',
    notation: 'name of a request field',
    parse(text) {
      const name = text.toLowerCase();
      if (name === 'proxy_protocol') {
        throw new ValueError(
          'is not a field: give the listener the flag proxy_protocol, and its header names the client',
        );
      }
      if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) throw new ValueError('is not a field name');
      return name;
    },
    format: (value) => value,
  };
}

/** The non-empty entries of a comma-separated list. */
export function items(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

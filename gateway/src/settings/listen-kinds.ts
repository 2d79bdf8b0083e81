import { isIP } from 'node:net';
import { type Kind, ValueError } from './kinds.ts';
import { parseAsking } from './tls-kinds.ts';
import { formatAddress, isLoopback, items, parseAddress } from './network-kinds.ts';
import type { Address, Listen } from './node-settings.ts';

/** Connections that the system holds until the gateway takes them. */
const BACKLOG = 4096;

/** Longest path of a unix socket that Linux and macOS both take, bytes. */
const LONGEST_PATH = 103;

const flags = ['ssl', 'http2', 'proxy_protocol'] as const;
/** What a kind of listener can do beside the rest; `client_certificates` is a parameter with a value. */
export type ListenFlag = (typeof flags)[number] | 'client_certificates';

const CLIENT_CERTIFICATES = 'client_certificates=';

/** Words of Kong that ask for what happens here anyway, or for nothing that can be seen. */
const granted = /^(reuseport|bind|deferred|ipv6only=off|so_keepalive=off)$/;

/**
 * Listeners in Kong's notation: an address with flags behind it, further ones after a comma, or `off`.
 *
 * @param allowed the flags that make sense for them
 */
export function listenList(...allowed: readonly ListenFlag[]): Kind<readonly Listen[]> {
  const named = allowed.map((flag) =>
    flag === 'client_certificates' ? `${CLIENT_CERTIFICATES}required` : flag,
  );
  const behind = [...named, 'backlog=N', 'ipv6only=on', 'so_keepalive=on'];
  return {
    placeholder: 'ADDRESS,…|off',
    notation: `comma-separated \`host:port\`, \`[ipv6]:port\` or \`unix:/path\`, each with flags behind it: ${behind.map((flag) => `\`${flag}\``).join(', ')}; or \`off\``,
    isList: true,
    parse(text) {
      const listed = items(text);
      if (listed.length === 1 && listed[0]?.toLowerCase() === 'off') return [];
      return withFamilies(listed.map((item) => parseListen(item, allowed)));
    },
    format: (value) => (value.length === 0 ? 'off' : value.map(formatListen).join(',')),
  };
}

/** Where it listens, and the flags that are on. */
export function formatListen(listen: Listen): string {
  const { ssl, http2, proxyProtocol, ipv6Only, keepAlive, clientCertificates, backlog } = listen;
  return [
    formatPlace(listen),
    ...(ssl ? ['ssl'] : []),
    ...(http2 ? ['http2'] : []),
    ...(proxyProtocol ? ['proxy_protocol'] : []),
    ...(ipv6Only ? ['ipv6only=on'] : []),
    ...(keepAlive ? ['so_keepalive=on'] : []),
    ...(clientCertificates === null ? [] : [`${CLIENT_CERTIFICATES}${clientCertificates}`]),
    ...(backlog === BACKLOG ? [] : [`backlog=${backlog}`]),
  ].join(' ');
}

/** Where it listens: `host:port` or `unix:/path`. */
export function formatPlace({ address }: Pick<Listen, 'address'>): string {
  return 'path' in address ? `unix:${address.path}` : formatAddress(address);
}

/** The port that it listens on; 0 for a unix socket. */
export function portOf({ address }: Pick<Listen, 'address'>): number {
  return 'path' in address ? 0 : address.port;
}

/** Whether only this machine reaches it. */
export function isLocal({ address }: Pick<Listen, 'address'>): boolean {
  return 'path' in address || isLoopback(address.host);
}

/** A listener on this address without any flag. */
export function plainListen(address: Listen['address']): Listen {
  return {
    address,
    ssl: false,
    http2: false,
    proxyProtocol: false,
    ipv6Only: false,
    keepAlive: false,
    clientCertificates: null,
    backlog: BACKLOG,
  };
}

function parseListen(text: string, allowed: readonly ListenFlag[]): Listen {
  const [place = '', ...parameters] = text.split(/\s+/);
  if (place.toLowerCase() === 'off') throw new ValueError('names addresses beside "off"');
  const listen = { ...plainListen(parsePlace(place)) };
  for (const parameter of parameters) {
    const flag = flags.find((name) => name === parameter);
    if (flag !== undefined) {
      if (!allowed.includes(flag)) throw new ValueError(`asks for "${flag}", which is not for it`);
      if (flag === 'proxy_protocol') listen.proxyProtocol = true;
      else listen[flag] = true;
    } else if (parameter === 'ipv6only=on') listen.ipv6Only = true;
    else if (parameter === 'so_keepalive=on') listen.keepAlive = true;
    else if (parameter.startsWith('backlog=')) listen.backlog = parseBacklog(parameter);
    else if (parameter.startsWith(CLIENT_CERTIFICATES) && allowed.includes('client_certificates')) {
      listen.clientCertificates = parseAsking(parameter.slice(CLIENT_CERTIFICATES.length));
    } else if (!granted.test(parameter)) throw new ValueError(unknownParameter(parameter));
  }
  if (listen.clientCertificates !== null && !listen.ssl) {
    throw new ValueError('asks for certificates of clients without "ssl"');
  }
  return listen;
}

function unknownParameter(parameter: string): string {
  return parameter.startsWith('so_keepalive=')
    ? `asks for "${parameter}", but only on and off can be chosen`
    : `has an unknown listener parameter "${parameter}"`;
}

function parseBacklog(parameter: string): number {
  const text = parameter.slice('backlog='.length);
  const backlog = Number(text);
  if (!/^\d{1,7}$/.test(text) || backlog === 0) {
    throw new ValueError(`asks for "${parameter}", which is no number of connections`);
  }
  return backlog;
}

function parsePlace(text: string): Listen['address'] {
  if (!text.startsWith('unix:')) return parseAddress(text);
  const path = text.slice('unix:'.length);
  if (!path.startsWith('/')) throw new ValueError(`holds "${text}", whose path is not absolute`);
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new ValueError(
      `holds a path of more than ${LONGEST_PATH} bytes, which no socket can have`,
    );
  }
  return { path };
}

/** `[::]:8000` alone takes IPv4 as well; beside `0.0.0.0:8000` it has to leave that to it. */
function withFamilies(listeners: readonly Listen[]): Listen[] {
  const ports = new Set(
    listeners.flatMap(({ address }) =>
      !('path' in address) && isIP(address.host) === 4 ? [address.port] : [],
    ),
  );
  const shares = (address: Address): boolean =>
    isIP(address.host) === 6 && address.port !== 0 && ports.has(address.port);
  return listeners.map((listen) =>
    !('path' in listen.address) && shares(listen.address) ? { ...listen, ipv6Only: true } : listen,
  );
}

import { type Kind, ValueError } from './kinds.ts';
import { items } from './network-kinds.ts';

/** Version of the PROXY protocol by `host` or `host:port`, in lower case. */
export type ProxyVersions = Readonly<Record<string, 1 | 2>>;

/** Which services are told the client's address, and how. */
export function proxyVersions(): Kind<ProxyVersions> {
  return {
    placeholder: 'HOST=v1|v2,…',
    notation: 'comma-separated `host=v1`, `host=v2` or `host:port=v2`; empty for none',
    isList: true,
    parse: (text) => Object.fromEntries(items(text).map(parseOne)),
    format: (value) =>
      Object.entries(value)
        .map(([place, version]) => `${place}=v${version}`)
        .join(','),
  };
}

function parseOne(text: string): [string, 1 | 2] {
  const match = /^([^=\s]+)=v([12])$/i.exec(text);
  if (match === null) {
    throw new ValueError(`holds "${text}", which is not a host with =v1 or =v2 behind it`);
  }
  return [match[1]!.toLowerCase(), match[2] === '1' ? 1 : 2];
}

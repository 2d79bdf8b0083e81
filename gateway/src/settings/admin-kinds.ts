import { type Kind, ValueError } from './kinds.ts';
import { items } from './network-kinds.ts';

/** Parameters in the query of a connection string that hold something to be kept secret. */
const secretParameters = ['password', 'sslpassword', 'passfile'];

/** A connection string of PostgreSQL. */
export function databaseUrl(): Kind<string> {
  return {
    placeholder: 'URL',
    notation: '`postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`',
    isSecret: true,
    parse(text) {
      if (!/^postgres(ql)?:\/\//.test(text))
        throw new ValueError('does not begin with postgres://');
      if (!URL.canParse(text)) throw new ValueError('is not an address of a database');
      return text;
    },
    format: withoutPassword,
  };
}

/** A connection string that can be shown. */
export function withoutPassword(database: string): string {
  const url = new URL(database);
  if (url.password !== '') url.password = '***';
  for (const name of secretParameters) {
    if (url.searchParams.has(name)) url.searchParams.set(name, '***');
  }
  return url.href;
}

/** Origins of web pages, as browsers name them. */
export function originList(): Kind<readonly string[]> {
  return {
    placeholder: 'ORIGIN,…',
    notation:
      'comma-separated origins such as `https://console.example.com`; `*` for all, empty for none',
    isList: true,
    parse: (text) => items(text).map(parseOrigin),
    format: (value) => value.join(','),
  };
}

function parseOrigin(text: string): string {
  if (text === '*') return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !/^[^/]+:\/\/[^/]+\/?$/.test(text)) {
    throw new ValueError(`holds "${text}", which is not an origin`);
  }
  return url.origin;
}

import { type Kind, ValueError } from './kinds.ts';
import type { ClientCertificates } from './node-settings.ts';
import { items } from './network-kinds.ts';

/** Paths of files. */
export function fileList(): Kind<readonly string[]> {
  return {
    placeholder: 'FILE,…',
    notation: 'comma-separated paths of files; empty for none',
    isList: true,
    parse: items,
    format: (value) => value.join(','),
  };
}

const versions = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof versions)[number];

/** Versions of TLS in the words of nginx, in ascending order. */
export function versionList(): Kind<readonly TlsVersion[]> {
  return {
    placeholder: 'VERSION …',
    notation: versions.map((version) => `\`${version}\``).join(' and '),
    parse(text) {
      const named = text.split(/[\s,]+/).map(parseVersion);
      return versions.filter((version) => named.includes(version));
    },
    format: (value) => value.join(' '),
  };
}

function parseVersion(text: string): TlsVersion {
  const found = versions.find((version) => version.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new ValueError(
    /^(ssl|tls)v[123](\.[01])?$/i.test(text)
      ? `asks for ${text}, which is not safe and not spoken`
      : `holds "${text}", which is none of ${versions.join(', ')}`,
  );
}

/** Whether clients that ask for certain server names are asked for a certificate. */
export function askingByName(): Kind<readonly (readonly [string, ClientCertificates])[]> {
  return {
    placeholder: 'NAME=off|optional|required,…',
    notation:
      'comma-separated `name=off|optional|required`, where a name may be `*.example.com` or `example.*`, the star for any number of labels, and the nearest counts; empty for none',
    isList: true,
    parse: (text) => items(text).map(parseNamedAsking),
    format: (value) => value.map(([name, asking]) => `${name}=${asking}`).join(','),
  };
}

const SERVER_NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?:\.\*)?$/;

function parseNamedAsking(text: string): readonly [string, ClientCertificates] {
  const equals = text.indexOf('=');
  if (equals === -1) throw new ValueError(`holds "${text}", which is not a name with "="`);
  const name = text.slice(0, equals).trim().toLowerCase();
  if (!SERVER_NAME.test(name) || (name.startsWith('*') && name.endsWith('*'))) {
    throw new ValueError(`holds "${name}", which is no server name`);
  }
  return [name, parseAsking(text.slice(equals + 1).trim())];
}

/** @throws ValueError */
export function parseAsking(text: string): ClientCertificates {
  if (text === 'off' || text === 'optional' || text === 'required') return text;
  throw new ValueError(`asks for certificates "${text}", which is none of off, optional, required`);
}

import { type Kind, ValueError } from './kinds.ts';
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

import { readFileSync } from 'node:fs';

/** How a short name is completed: `search` and `options ndots` of resolv.conf(5). */
export interface SearchList {
  /** Domains without leading or trailing dot. */
  readonly domains: readonly string[];
  /** Names with fewer dots are tried within the domains before they are tried as they stand. */
  readonly ndots: number;
}

/** The system's search list. A missing file has none; other errors of reading are thrown. */
export function readSearchList(path: string): SearchList {
  try {
    return parseSearchList(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { domains: [], ndots: 1 };
  }
}

/** Of several `search` and `domain` lines the last one counts, as resolv.conf(5) says. */
export function parseSearchList(text: string): SearchList {
  let domains: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'search') domains = values.map(withoutDots).filter((value) => value !== '');
    if (keyword === 'domain') domains = values.slice(0, 1).map(withoutDots);
    if (keyword !== 'options') continue;
    for (const option of values) {
      const digits = /^ndots:(\d+)$/.exec(option)?.[1];
      if (digits !== undefined) ndots = Math.min(15, Number(digits));
    }
  }
  return { domains, ndots };
}

/** The full names to ask for, in order, when `name` is wanted. One with a final dot stands as it is. */
export function candidates(name: string, list: SearchList): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = list.domains.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= list.ndots ? [name, ...completed] : [...completed, name];
}

function withoutDots(domain: string): string {
  return domain.replace(/^\.+|\.+$/g, '').toLowerCase();
}

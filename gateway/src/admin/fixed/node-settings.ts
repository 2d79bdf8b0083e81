import { options } from '../../settings/options.ts';
import type { ResolvedOption } from '../../settings/resolve.ts';
import { formatListen } from '../../settings/listen-kinds.ts';
import type { FixedParts } from './parts.ts';

const MASKED = '******';

/**
 * The settings of a node under the names that Kong has for them, as `GET /` shows them. Clients
 * decide by some of these what they can do, so they are said in Kong's terms: any store is its
 * `postgres`.
 */
export function settingsForKong({ live, node }: FixedParts): Readonly<Record<string, unknown>> {
  const { listen } = node.status();
  return {
    ...Object.fromEntries(node.settings.flatMap(shown)),
    database: live.mode === 'file' ? 'off' : 'postgres',
    role: 'traditional',
    proxy_listen: listen.map(formatListen),
    log_level: node.logLevel.current,
    plugins: ['bundled'],
    loaded_plugins: Object.fromEntries([...live.plugins.keys()].map((name) => [name, true])),
  };
}

function shown({ name, value }: ResolvedOption): (readonly [string, unknown])[] {
  const { kong, kind } = options[name];
  if (kong === undefined || value === undefined) return [];
  if (kind.isSecret === true) return [[kong, MASKED]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[kong, value]];
  return [[kong, kind.format(value)]];
}

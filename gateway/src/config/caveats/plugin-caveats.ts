import type { Plugin } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import { caveat, type Caveat, type CaveatText } from './caveat.ts';

interface Trap extends CaveatText {
  readonly plugin: string;
  readonly has: (config: Plugin['config']) => boolean;
}

const REFUSES = 'refuses every request, or takes it for one of the anonymous consumer';

/** Values that Kong accepts and that are hardly ever what was meant: most of them let nothing pass. */
const traps: readonly Trap[] = [
  {
    plugin: 'key-auth',
    subject: 'plugin key-auth: config.key_names: []',
    what: 'without key_names there is no place for a key',
    effect: REFUSES,
    has: ({ key_names: names }) => isEmpty(names),
  },
  {
    plugin: 'key-auth',
    subject: 'plugin key-auth: config.key_in_…: false',
    what: 'keys are looked for neither in headers nor in the query nor in the body',
    effect: REFUSES,
    has: (config) =>
      ['header', 'query', 'body'].every((place) => config[`key_in_${place}`] === false),
  },
  {
    plugin: 'jwt',
    subject: 'plugin jwt: no place for tokens',
    what: 'header_names, uri_param_names and cookie_names are all empty',
    effect: REFUSES,
    has: (config) =>
      ['header', 'uri_param', 'cookie'].every((place) => isEmpty(config[`${place}_names`])),
  },
  {
    plugin: 'hmac-auth',
    subject: 'plugin hmac-auth: config.algorithms: []',
    what: 'without algorithms no signature is right',
    effect: REFUSES,
    has: ({ algorithms }) => isEmpty(algorithms),
  },
  {
    plugin: 'request-size-limiting',
    subject: 'plugin request-size-limiting: config.allowed_payload_size below 0',
    what: 'no body is shorter than nothing',
    effect: 'refuses every request that has a body; 0 says the same more clearly',
    has: ({ allowed_payload_size: size }) => typeof size === 'number' && size < 0,
  },
  {
    plugin: 'request-transformer',
    subject: 'plugin request-transformer: $( without )',
    what: 'a template that begins with $( and has no ) is text like any other',
    effect: 'sends it on as it is written',
    has: (config) => textsIn(config).some((text) => text.indexOf('$(') > text.lastIndexOf(')')),
  },
];

/** Plugins that are configured, as Kong allows it, so that they hardly do what was meant. */
export function trappedPlugins({ plugins }: EntityTables): Caveat[] {
  const enabled = [...plugins.values()].filter((plugin) => plugin.enabled);
  return traps
    .map((trap) => {
      const caught = enabled.filter(({ name, config }) => name === trap.plugin && trap.has(config));
      return caveat('plugins', caught, trap);
    })
    .filter((found) => found !== undefined);
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

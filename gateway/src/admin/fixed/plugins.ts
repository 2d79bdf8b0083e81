import type { PluginSchema } from '../../entities/plugin.ts';
import { publishedPlugin, publishedPluginConfig } from '../../entities/published-schema.ts';
import { AdminError, type Endpoint } from '../endpoint.ts';
import { reading } from './operations.ts';
import type { FixedParts } from './parts.ts';

/** What can be asked of plugins in general. */
export function pluginEndpoints({ live }: FixedParts): Endpoint[] {
  function named(name = ''): PluginSchema {
    const schema = live.plugins.get(name);
    if (schema !== undefined) return schema;
    throw new AdminError(404, { message: `No plugin named '${name}'` });
  }
  return [
    {
      path: '/plugins/enabled',
      methods: {
        GET: reading('List the plugins that can be configured', () => ({
          enabled_plugins: [...live.plugins.keys()],
        })),
      },
    },
    {
      path: '/plugins/schema/{name}',
      methods: {
        GET: {
          summary: "Describe a plugin's configuration (deprecated: use /schemas/plugins/{name})",
          handle: ({ params }) => ({
            status: 200,
            body: publishedPluginConfig(named(params.name)),
          }),
        },
      },
    },
    {
      path: '/schemas/plugins/{name}',
      methods: {
        GET: {
          summary: 'Describe the instances of a plugin',
          handle: ({ params }) => ({ status: 200, body: publishedPlugin(named(params.name)) }),
        },
      },
    },
  ];
}

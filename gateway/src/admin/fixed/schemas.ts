import {
  publishedEntity,
  publishedVault,
  type PublishedSchema,
} from '../../entities/published-schema.ts';
import { isTableName, type TableName } from '../../entities/tables.ts';
import { judgeEntity } from '../../entities/validators.ts';
import { schemaViolation } from '../../entities/violation.ts';
import { hintFor } from '../entities/hints.ts';
import { AdminError, type AdminRequest, type Endpoint, type Operation } from '../endpoint.ts';
import type { FixedParts } from './parts.ts';

/** What entities look like, and whether something would be one. */
export function schemaEndpoints(parts: FixedParts): Endpoint[] {
  return [
    {
      path: '/schemas/{name}',
      methods: {
        GET: {
          summary: 'Describe a kind of entity',
          handle: ({ params }) => ({ status: 200, body: schemaNamed(params.name) }),
        },
      },
    },
    {
      path: '/schemas/vaults/{name}',
      methods: {
        GET: {
          summary: 'Describe a kind of vault',
          handle: ({ params: { name = '' } }) => {
            const schema = publishedVault(name);
            if (schema === undefined) {
              throw new AdminError(404, { message: `No vault named '${name}'` });
            }
            return { status: 200, body: schema };
          },
        },
      },
    },
    {
      path: '/schemas/filters/{name}',
      methods: {
        GET: {
          summary: 'Describe a WebAssembly filter, of which there is none',
          handle: ({ params: { name = '' } }) => {
            throw new AdminError(404, { message: `Filter '${name}' not found` });
          },
        },
      },
    },
    {
      path: '/schemas/{db_entity_name}/validate',
      methods: {
        POST: validation(parts, ({ params }) => tableNamed(params.db_entity_name)),
      },
    },
    { path: '/schemas/plugins/validate', methods: { POST: validation(parts, () => 'plugins') } },
    { path: '/schemas/vaults/validate', methods: { POST: validation(parts, () => 'vaults') } },
  ];
}

/** @throws AdminError 404 */
function schemaNamed(name = ''): PublishedSchema {
  const schema = publishedEntity(name);
  if (schema !== undefined) return schema;
  throw new AdminError(404, { message: `No entity named '${name}'` });
}

/** @throws AdminError 404 */
function tableNamed(name = ''): TableName {
  if (isTableName(name)) return name;
  throw new AdminError(404, { message: `No entity named '${name}'` });
}

/** Judges a body as an entity by itself. As in Kong the texts of a form stay texts. */
function validation(
  { live }: FixedParts,
  tableOf: (request: AdminRequest) => TableName,
): Operation {
  return {
    summary: 'Check an entity without storing it',
    describes: { body: { type: 'object' } },
    handle: async (request) => {
      const table = tableOf(request);
      const { value } = await request.body();
      const input = typeof value === 'object' && value !== null ? { ...value } : {};
      const result = judgeEntity(table, input, live.plugins);
      if (!result.ok) {
        const { failures } = result;
        const hint = hintFor(table, input, live.plugins, failures);
        throw new AdminError(400, { ...schemaViolation(failures), ...hint });
      }
      return { status: 200, body: { message: 'schema validation successful' } };
    },
  };
}

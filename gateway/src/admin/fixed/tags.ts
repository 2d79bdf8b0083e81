import * as checks from '../../entities/schema/checks.ts';
import { schemaViolation } from '../../entities/violation.ts';
import type { TagUse } from '../../store/contract.ts';
import { AdminError, type AdminAnswer, type AdminRequest, type Endpoint } from '../endpoint.ts';
import { kongError } from '../errors/kong-errors.ts';
import { pageAnswer, pageRequest, readPage } from '../resources/paging.ts';
import type { Operation } from '../endpoint.ts';
import type { FixedParts } from './parts.ts';

/** Who carries which tags. Tags are part of entities and cannot be written by themselves. */
export function tagEndpoints({ live }: FixedParts): Endpoint[] {
  async function list(
    { query }: AdminRequest,
    path: string,
    tag: string | undefined,
  ): Promise<AdminAnswer> {
    const request = pageRequest(query);
    const page = await readPage(request, (after) =>
      live.store.read.tags({ size: request.size, after, tag }),
    );
    return pageAnswer(path, query, page.items.map(shown), page.next);
  }
  return [
    {
      path: '/tags',
      methods: {
        GET: {
          summary: 'List tags and the entities that carry them',
          describes: { query: paging },
          handle: (request) => list(request, '/tags', undefined),
        },
        POST: refused,
      },
    },
    {
      path: '/tags/{tags}',
      methods: {
        GET: {
          summary: 'List the entities that carry a tag',
          describes: { query: paging },
          handle: (request) => {
            const tag = tagIn(request.params.tags);
            return list(request, `/tags/${encodeURIComponent(tag)}`, tag);
          },
        },
        PUT: refused,
        PATCH: refused,
        DELETE: refused,
      },
    },
  ];
}

const paging = {
  size: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  offset: { type: 'string', description: 'The `offset` of the page before.' },
};

const refused: Operation = {
  summary: 'Refused: tags are written with the entities that carry them',
  describes: { answer: { status: 400 } },
  handle: () => {
    const message = 'does not support insert/upsert/update/delete operations';
    throw new AdminError(400, schemaViolation([{ path: ['tags'], message, rule: 'check' }]));
  },
};

function shown({ tag, table, id }: TagUse): object {
  return { tag, entity_name: table, entity_id: id };
}

function tagIn(tag = ''): string {
  const problem = checks.tag(tag);
  if (problem !== undefined) throw kongError(400, 10, 'invalid unique tag', problem);
  return tag;
}

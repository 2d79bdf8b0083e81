import type { RevisionSummary } from '../../../store/contract.ts';
import { AdminError, type AdminAnswer, type AdminRequest, type Endpoint } from '../../endpoint.ts';
import { presentChanges } from '../../entities/changes.ts';
import { invalidOffset } from '../../errors/kong-errors.ts';
import { pageAnswer, pageRequest } from '../../resources/paging.ts';
import type { FixedParts } from '../parts.ts';
import { notKept, restore } from './restore.ts';
import { revisionTag } from './revision-tag.ts';

/** The history of the configuration. */
export function revisionEndpoints(parts: FixedParts): Endpoint[] {
  return [
    {
      path: '/revisions',
      methods: {
        GET: {
          summary: 'List the revisions of the configuration that are kept, newest first',
          describes: { query: paging },
          handle: (request) => list(parts, request),
        },
      },
    },
    {
      path: '/revisions/{revision}',
      methods: {
        GET: {
          summary: 'Tell what a revision changed; secrets are masked',
          handle: (request) => read(parts, revisionIn(request)),
        },
      },
    },
    {
      path: '/revisions/{revision}/restore',
      methods: {
        POST: {
          summary: 'Bring back the configuration of a revision, as a new revision',
          describes: { query: { dry_run: dryRun }, conditional: true },
          handle: (request) => restore(parts, request, revisionIn(request)),
        },
      },
    },
  ];
}

const paging = {
  size: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  offset: { type: 'string', description: 'The `offset` of the page before.' },
};

const dryRun = {
  type: 'string',
  enum: ['1', 'true', '0', 'false'],
  description: 'Tell what would change only.',
};

async function list({ live }: FixedParts, { query }: AdminRequest): Promise<AdminAnswer> {
  const { size, offset } = pageRequest(query);
  const before = offset === undefined ? undefined : numberIn(offset);
  if (before === null) throw invalidOffset(offset ?? '', 'expected a revision');
  // One more than asked for shows whether there is another page.
  const found = await live.store.revisions({ before, limit: size + 1 });
  const page = found.slice(0, size);
  const last = page.at(-1);
  const next = found.length > size && last !== undefined ? String(last.revision) : undefined;
  const answer = pageAnswer('/revisions', query, page.map(shown), next);
  if (before !== undefined) return answer;
  return { ...answer, headers: { ...answer.headers, ETag: revisionTag(page[0]?.revision ?? 0) } };
}

async function read({ live }: FixedParts, revision: number): Promise<AdminAnswer> {
  const [found] = (await live.store.changesSince(revision - 1, 1)) ?? [];
  if (found?.revision !== revision) throw notKept(revision);
  const changes = presentChanges(found.changes, live.plugins);
  return { status: 200, body: { ...shown(found), changes } };
}

function shown({ revision, time, by, reason, changed }: RevisionSummary): object {
  return { revision, time: new Date(time).toISOString(), by, reason, changed };
}

function revisionIn({ params: { revision = '' } }: AdminRequest): number {
  const number = numberIn(revision);
  if (number !== null) return number;
  throw new AdminError(400, { message: `'${revision}' is no revision: expected a number` });
}

function numberIn(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

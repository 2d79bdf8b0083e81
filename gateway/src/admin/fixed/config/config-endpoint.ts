import { exportDocument, entitiesIn } from '../../../config/export-document.ts';
import type { AdminAnswer, Endpoint } from '../../endpoint.ts';
import type { FixedParts } from '../parts.ts';
import { refuseWithStore } from './file-only.ts';
import { takeDocument } from './take-document.ts';
import { tryDocument } from './try-document.ts';
import { dryRunWanted } from '../../resources/write-request.ts';

/** `/config`: the configuration as one declarative document. */
export function configEndpoint(parts: FixedParts): Endpoint {
  return {
    path: '/config',
    methods: {
      GET: {
        summary: 'Write the configuration as a declarative document (with a declarative file only)',
        describes: { answer: { status: 200, schema: writtenDocument } },
        handle: () => writeDocument(parts),
      },
      POST: {
        summary: 'Serve a declarative document in place of what is served',
        describes: {
          query: {
            check_hash: {
              type: 'string',
              enum: ['1', 'true', '0', 'false'],
              description: 'Do nothing and answer 304 when the YAML is what was sent last.',
            },
            flatten_errors: {
              type: 'string',
              enum: ['1', 'true', '0', 'false'],
              description: 'Tell what is wrong entity by entity.',
            },
            dry_run: {
              type: 'string',
              enum: ['1', 'true', '0', 'false'],
              description:
                'Check the document, tell what would change, and change nothing. Works with a store too.',
            },
          },
          body: { type: 'object' },
          answer: { status: 201 },
        },
        accepts: ['yaml'],
        handle: (request) =>
          dryRunWanted(request.query) ? tryDocument(parts, request) : takeDocument(parts, request),
      },
    },
  };
}

const writtenDocument = {
  type: 'object',
  required: ['config'],
  properties: { config: { type: 'string', description: 'YAML.' } },
};

function writeDocument({ live }: FixedParts): AdminAnswer {
  refuseWithStore(live.mode);
  return { status: 200, stream: asJson(exportDocument(entitiesIn(live.current.tables))) };
}

async function* asJson(text: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  yield '{"config":"';
  for await (const piece of text) yield JSON.stringify(piece).slice(1, -1);
  yield '"}';
}

import type { JsonSchema } from './field-schema.ts';

/** Bodies and headers that many operations have in common. */

const text = { type: 'string' } as const;

export const commonSchemas: Readonly<Record<string, JsonSchema>> = {
  error: {
    type: 'object',
    required: ['message'],
    properties: {
      message: { ...text, description: 'What is wrong.' },
      code: { type: 'integer', description: "Kong's number of the kind of error." },
      name: { ...text, description: 'The kind of error.' },
      fields: { type: 'object', description: 'What is wrong, by field.' },
      options: { type: 'object', description: 'What is wrong, by parameter of the query.' },
    },
  },
  dry_run: {
    type: 'object',
    required: ['dry_run', 'changes'],
    properties: {
      dry_run: { const: true },
      data: { type: ['object', 'null'], description: 'The entity as it would be.' },
      changes: { type: 'array', items: { $ref: '#/components/schemas/change' } },
    },
  },
  change: {
    type: 'object',
    required: ['entity', 'id', 'change', 'before', 'after'],
    properties: {
      entity: { ...text, description: 'The kind of entity, as in `/schemas/{name}`.' },
      id: { ...text, format: 'uuid' },
      change: { enum: ['create', 'update', 'delete'] },
      fields: { type: 'array', items: text, description: 'What changed of it.' },
      before: { type: ['object', 'null'] },
      after: { type: ['object', 'null'] },
    },
  },
};

export const commonHeaders = {
  'X-Sluice-Revision': {
    description: 'The revision of the configuration that a write made, or that is served.',
    schema: { type: 'integer' },
  },
  ETag: {
    description:
      'Tells this state of the entity from every other; of the whole configuration it is the revision in double quotes.',
    schema: text,
  },
};

export const commonParameters = {
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description:
      'The `ETag` that was read: if the entity (of a restore: the configuration) has changed since, the answer is 412.',
    schema: text,
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'An `ETag` that is known: if the entity is still the same, the answer is 304.',
    schema: text,
  },
};

/** Answers to requests that could not be met, by status. */
export const errorResponses = Object.fromEntries(
  Object.entries({
    400: 'The request is wrong; `fields` says where.',
    401: 'There is no token, or it is not valid.',
    403: 'The token does not allow that.',
    404: 'There is no such thing.',
    405: 'With a declarative file entities cannot be changed.',
    409: 'Another entity has a value that only one may have.',
    412: 'The entity, or the configuration, is not in the state that `If-Match` names.',
    413: 'The body is larger than 10 MiB.',
    415: 'The body is of a type that is not taken here.',
    500: 'A mistake of the gateway, which its log tells more about.',
    503: 'The database cannot do its work now; the message says whether something may be changed.',
  }).map(([status, description]) => [
    status,
    {
      description,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } },
    },
  ]),
);

export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A token of the Admin API.' },
  admin_token: { type: 'apiKey', in: 'header', name: 'Kong-Admin-Token' },
};

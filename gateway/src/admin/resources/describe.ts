import type { TableName } from '../../entities/tables.ts';
import type { OperationDescription } from '../endpoint.ts';

/** Descriptions of operations on entities, for OpenAPI. */

const dryRun = {
  dry_run: {
    type: 'string',
    enum: ['1', 'true', '0', 'false'],
    description: 'Check the change and make none.',
  },
};

const page = {
  size: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  offset: { type: 'string', description: 'The `offset` of the page before.' },
  tags: { type: 'string', description: '`a,b`: with all of these tags; `a/b`: with any of them.' },
};

export function describeList(table: TableName): OperationDescription {
  const schema = {
    type: 'object',
    required: ['data', 'next'],
    properties: {
      data: { type: 'array', items: schemaOf(table) },
      next: { type: ['string', 'null'], description: 'Path of the next page.' },
      offset: { type: 'string', description: 'There when there is a next page.' },
    },
  };
  return { query: page, answer: { status: 200, schema } };
}

export function describeRead(table: TableName): OperationDescription {
  return { answer: { status: 200, schema: schemaOf(table) } };
}

export function describeWrite(table: TableName, status: 200 | 201): OperationDescription {
  const schema = schemaOf(table);
  return { query: dryRun, body: schema, answer: { status, schema } };
}

export const describeRemoval: OperationDescription = { query: dryRun, answer: { status: 204 } };

function schemaOf(table: TableName): object {
  return { $ref: `#/components/schemas/${table}` };
}

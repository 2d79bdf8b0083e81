import { isTableName } from '../../../entities/tables.ts';
import type { Endpoint, Method, Operation } from '../../endpoint.ts';
import { patchName } from './entity-schemas.ts';

const anything = {};

/** How OpenAPI describes an operation of an endpoint. */
export function operationObject(endpoint: Endpoint, method: Method, operation: Operation): object {
  const { summary, describes = {} } = operation;
  const { query = {}, body, conditional = false } = describes;
  const hasState = conditional || isEntity(endpoint);
  return {
    operationId: `${method.toLowerCase()} ${endpoint.path}`.replace(/[^a-z\d]+/gi, '_'),
    summary,
    tags: [endpoint.path.split('/')[1] === '' ? 'node' : endpoint.path.split('/')[1]],
    parameters: [
      ...Object.entries(query).map(([name, schema]) => queryParameter(name, schema)),
      ...(hasState ? [conditionOf(method)] : []),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { content: contentsOf(operation, bodyOf(method, body)) } }),
    responses: responsesOf(endpoint, method, operation, hasState),
  };
}

/** Whether an endpoint is that of one entity: these have a state that can be told. */
function isEntity({ methods }: Endpoint): boolean {
  const schema = methods.GET?.describes?.answer?.schema as { $ref?: string } | undefined;
  return schema?.$ref !== undefined;
}

function conditionOf(method: Method): object {
  const name = method === 'GET' ? 'If-None-Match' : 'If-Match';
  return { $ref: `#/components/parameters/${name}` };
}

function queryParameter(name: string, schema: object): object {
  const { description, ...rest } = schema as { description?: string };
  return { name, in: 'query', ...(description === undefined ? {} : { description }), schema: rest };
}

/** PATCH takes what PUT takes, but no field must be there. */
function bodyOf(method: Method, body: object): object {
  const { $ref: ref } = body as { $ref?: string };
  const name = ref?.split('/').at(-1) ?? '';
  if (method !== 'PATCH' || !isTableName(name)) return body;
  return { $ref: `#/components/schemas/${patchName(name)}` };
}

function contentsOf({ accepts = [] }: Operation, schema: object): object {
  return {
    'application/json': { schema },
    'application/x-www-form-urlencoded': { schema },
    'multipart/form-data': { schema },
    ...(accepts.includes('yaml') ? { 'application/yaml': { schema: { type: 'string' } } } : {}),
  };
}

function responsesOf(
  { path }: Endpoint,
  method: Method,
  { describes = {} }: Operation,
  hasState: boolean,
): object {
  const { query = {}, body, answer = { status: 200 } } = describes;
  const isWrite = method !== 'GET';
  const errors = [401, 403, 500, 503];
  if (body !== undefined) errors.push(413, 415);
  if (body !== undefined || Object.keys(query).length > 0) errors.push(400);
  if (path.includes('{')) errors.push(404);
  if (isWrite && 'dry_run' in query) errors.push(405, 409);
  if (isWrite && hasState) errors.push(412);
  const responses = new Map<number, object>(errors.map((status) => [status, errorRef(status)]));
  const { status, schema = anything, type = 'application/json' } = answer;
  if (isWrite && 'dry_run' in query) responses.set(200, success('What would change.', dryRun));
  if (hasState && !isWrite) responses.set(304, { description: 'It is still the same.' });
  if (status >= 400) responses.set(status, errorRef(status));
  else if (status === 204) responses.set(status, success('Done.', undefined));
  else if (status === 200 && responses.has(200)) {
    responses.set(200, success('Done, or what would be.', { anyOf: [schema, dryRun] }, type));
  } else responses.set(status, success('Done.', schema, type));
  const withTag = hasState && (status === 200 || status === 201);
  return Object.fromEntries(
    [...responses]
      .sort(([a], [b]) => a - b)
      .map(([code, response]) => [
        String(code),
        withTag && code === status ? withEtag(response) : response,
      ]),
  );
}

const dryRun = { $ref: '#/components/schemas/dry_run' };

/** Statuses that only refused operations of Kong's have are described where they stand. */
function errorRef(status: number): object {
  if (status !== 501) return { $ref: `#/components/responses/${status}` };
  const schema = { $ref: '#/components/schemas/error' };
  return {
    description: 'Sluice does not do this.',
    content: { 'application/json': { schema } },
  };
}

function success(description: string, schema?: object, type = 'application/json'): object {
  return {
    description,
    headers: { 'X-Sluice-Revision': { $ref: '#/components/headers/X-Sluice-Revision' } },
    ...(schema === undefined ? {} : { content: { [type]: { schema } } }),
  };
}

function withEtag(response: object): object {
  const { headers } = response as { headers?: object };
  return { ...response, headers: { ...headers, ETag: { $ref: '#/components/headers/ETag' } } };
}

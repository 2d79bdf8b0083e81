import type { Endpoint } from '../../endpoint.ts';
import type { FixedParts } from '../parts.ts';
import { reading } from '../operations.ts';
import { openapiDocument } from './openapi-document.ts';

/** `GET /openapi.json`: the description of the Admin API, made when it is first asked for. */
export function openapiEndpoint({ live, all }: FixedParts): Endpoint {
  let document: object | undefined;
  return {
    path: '/openapi.json',
    methods: {
      GET: reading('Describe the Admin API in OpenAPI 3.1', () => {
        document ??= openapiDocument(all(), live.plugins);
        return document;
      }),
    },
  };
}

import { fieldText } from '../../plugin/header-line.ts';
import type { Exchange, OwnAnswer } from '../../plugin/plugin.ts';
import { HeaderTable } from '../../plugin/template/header-table.ts';
import { fromValues, tableOf, type Scope, type Value } from '../../plugin/template/value.ts';
import { JsonTable } from './json-table.ts';

/** What expressions of this plugin can name. */
export const VARIABLES = [
  'status',
  'message',
  'body',
  'reason',
  'request_id',
  'method',
  'host',
  'path',
  'headers',
  'query_params',
  'answer_headers',
  'route',
  'service',
  'consumer',
] as const;

/** The variables of templates for one answer, as it was before this plugin changed it. */
export class AnswerScope implements Scope {
  readonly #ex: Exchange;
  readonly #answer: OwnAnswer;

  constructor(ex: Exchange, answer: OwnAnswer) {
    this.#ex = ex;
    this.#answer = answer;
  }

  variable(name: string): Value {
    const { request, response, route, service, consumer } = this.#ex;
    switch (name as (typeof VARIABLES)[number]) {
      case 'status':
        return this.#answer.status;
      case 'message':
        return this.#answer.message;
      case 'body':
        return new JsonTable(this.#answer.members ?? {});
      case 'reason':
        return this.#answer.reason;
      case 'request_id':
        return this.#ex.id;
      case 'method':
        return request.method;
      case 'host':
        return request.host;
      case 'path':
        return fieldText(request.path);
      case 'headers':
        return new HeaderTable('headers', request);
      case 'query_params':
        return tableOf('query_params', (key) => fromValues(request.queryValues(key)));
      case 'answer_headers':
        return new HeaderTable('answer_headers', response);
      case 'route':
        return entity('route', { id: route?.id, name: route?.name });
      case 'service':
        return entity('service', { id: service?.id, name: service?.name });
      case 'consumer': {
        const { id, username, custom_id } = consumer ?? {};
        return entity('consumer', { id, username, custom_id });
      }
    }
  }
}

/** Of one that is not there every field is nil, so that a template can do without it. */
function entity(what: string, fields: Readonly<Record<string, string | null | undefined>>): Value {
  return tableOf(what, (key) => (Object.hasOwn(fields, key) ? fields[key] : null) ?? null);
}

import { fieldText } from '../../plugin/header-line.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import type { Mismatch } from './json-schema/mismatch.ts';
import type { BodyRule, ContentRule, ParameterRule, RequestRules } from './rules.ts';
import type { RequestValidatorConfig } from './schema.ts';
import { valueOfBody } from './values/body.ts';
import { readJson } from './values/json.ts';
import { isWithin, readerFor, readMediaType, type MediaType } from './values/media-types.ts';
import { cookiePairs, queryPairs } from './values/pairs.ts';
import {
  UNCLEAR,
  valueAmong,
  valueOfText,
  type Pairs,
  type ParameterForm,
} from './values/parameter.ts';

/** Why a request is refused. */
export interface Fault {
  readonly status: number;
  readonly message: string;
  /** For who may be told what exactly is wrong: one thing at least. */
  readonly errors: readonly Detail[];
}

/** One thing that is wrong, and where. */
interface Detail extends Mismatch {
  readonly in: string;
  readonly name?: string;
}

/** So many things that are wrong are told. */
const MOST_TOLD = 10;

/**
 * Of longer bodies only the first thing that is wrong is looked for, bytes. How much is wrong with a
 * body is up to the client, and all of it would have to be found.
 */
const SHORT_BODY = 4 * 1024;

/** The texts of parameters in the path, as they were sent. */
export type PathTexts = Readonly<Record<string, string>>;

const WRONG_PARAMETER = "request param doesn't conform to schema";
const WRONG_BODY = "request body doesn't conform to schema";
const WRONG_TYPE = 'specified Content-Type is not allowed';

export type Bounds = Pick<
  RequestValidatorConfig,
  'content_type_parameter_validation' | 'max_body_size' | 'max_depth' | 'verbose_response'
>;

/**
 * Finds out what is wrong with the parameters of a request, or else with its body. Waits only where the
 * body has to be read.
 */
export function faultOf(
  ex: Exchange,
  { parameters, body }: RequestRules,
  texts: PathTexts,
  bounds: Bounds,
): Fault | null | Promise<Fault | null> {
  const source = new ParameterSource(ex.request, texts);
  const most = bounds.verbose_response ? MOST_TOLD : 1;
  const errors: Detail[] = [];
  for (const rule of parameters) {
    const { in: place, name } = rule.form;
    for (const mismatch of mismatchesOf(source, rule, bounds, most - errors.length)) {
      errors.push({ in: place, name, ...mismatch });
    }
    if (errors.length >= most) break;
  }
  if (errors.length > 0) return { status: 400, message: WRONG_PARAMETER, errors };
  return body === null ? null : faultOfBody(ex, body, bounds);
}

/** @param most at least one */
function mismatchesOf(
  source: ParameterSource,
  { form, required, isJson, validate }: ParameterRule,
  { max_depth: depth }: Bounds,
  most: number,
): readonly Mismatch[] {
  let value = source.valueOf(form);
  if (value === undefined) return required ? [{ path: '', message: 'is missing' }] : [];
  if (value === UNCLEAR) return [{ path: '', message: 'cannot be read' }];
  if (isJson) {
    const read = readJson(Buffer.from(value as string), depth);
    if (typeof read === 'string') return [{ path: '', message: read }];
    value = read.value;
  }
  return validate(value, most);
}

/** Where the parameters of one request are. Pairs are taken apart once, however many are looked for. */
class ParameterSource {
  readonly #request: RequestView;
  readonly #texts: PathTexts;
  #query: Pairs | null = null;
  #cookies: Pairs | null = null;

  constructor(request: RequestView, texts: PathTexts) {
    this.#request = request;
    this.#texts = texts;
  }

  /** The value of a parameter; undefined where it is not there. */
  valueOf(form: ParameterForm): unknown {
    const { in: place, name } = form;
    switch (place) {
      case 'query':
        return valueAmong((this.#query ??= queryPairs(this.#request)), form);
      case 'cookie':
        return valueAmong((this.#cookies ??= cookiePairs(this.#request)), form);
      case 'header': {
        const values = this.#request.headerValues(name);
        return values.length === 0 ? undefined : valueOfText(fieldText(values.join(',')), form);
      }
      case 'path': {
        const text = Object.hasOwn(this.#texts, name) ? this.#texts[name] : undefined;
        return text === undefined ? undefined : valueOfText(text, form);
      }
    }
  }
}

function faultOfBody(
  { request }: Exchange,
  rule: BodyRule,
  bounds: Bounds,
): Fault | null | Promise<Fault | null> {
  if (!request.hasBody) return rule.required ? bodyFault('is missing') : null;
  const type = typeOf(request);
  const content = type === null ? undefined : contentFor(type, rule, bounds);
  if (type === null || content === undefined) return typeFault(rule.otherTypes, 'is not allowed');
  const { validate, shape } = content;
  if (validate === null || (readerFor(type) === null && type.type !== 'text')) return null;
  const encodings = request.headerValues('content-encoding').join(',').trim().toLowerCase();
  if (encodings !== '' && encodings !== 'identity') {
    return typeFault(415, 'a compressed body cannot be validated');
  }
  return request.body(bounds.max_body_size).then((bytes) => {
    const read = valueOfBody(bytes, type, shape, bounds.max_depth);
    if (typeof read === 'string') return bodyFault(read);
    const isTold = bounds.verbose_response && bytes.length <= SHORT_BODY;
    const mismatches = validate(read.value, isTold ? MOST_TOLD : 1);
    return mismatches.length === 0 ? null : faultOfMismatches(mismatches);
  });
}

/** The media type; null where it is not clear. */
function typeOf(request: RequestView): MediaType | null {
  const values = request.headerValues('content-type');
  return values.length === 1 ? readMediaType(values[0]!) : null;
}

function contentFor(type: MediaType, rule: BodyRule, bounds: Bounds): ContentRule | undefined {
  // Where a boundary is, nobody could list it.
  const parameters = new Map(type.parameters);
  if (readerFor(type) === 'multipart') parameters.delete('boundary');
  const strict = bounds.content_type_parameter_validation;
  return rule.contents.find(({ range }) => isWithin({ ...type, parameters }, range, strict));
}

function bodyFault(message: string): Fault {
  return faultOfMismatches([{ path: '', message }]);
}

function faultOfMismatches(mismatches: readonly Mismatch[]): Fault {
  const errors = mismatches.map((mismatch) => ({ in: 'body', ...mismatch }));
  return { status: 400, message: WRONG_BODY, errors };
}

function typeFault(status: number, message: string): Fault {
  const error = { in: 'header', name: 'content-type', path: '', message };
  return { status, message: WRONG_TYPE, errors: [error] };
}

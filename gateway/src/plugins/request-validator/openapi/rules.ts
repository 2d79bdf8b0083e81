import { checkSchema, SchemaCompiler } from '../json-schema/compiler.ts';
import { draftOf, type Draft } from '../json-schema/dialect.ts';
import { isRecord } from '../json-schema/read-schema.ts';
import { below, SchemaProblem } from '../json-schema/schema-problem.ts';
import { lazily, type ContentRule, type ParameterRule, type RequestRules } from '../rules.ts';
import { readMediaType } from '../values/media-types.ts';
import { STYLES, type ParameterPlace, type Style } from '../values/parameter.ts';
import { shapeOf, type Shape } from '../values/shape.ts';
import { OpenApiDocument, type Json, type Place } from './document.ts';
import { PathTree } from './path-tree.ts';

/** What a document says of one path: the rules of each method. */
export type PathRules = ReadonlyMap<string, RequestRules>;

export interface ApiRules {
  readonly paths: PathTree<PathRules>;
  /** What stands in front of every path; empty for nothing. */
  readonly basePath: string;
}

const METHODS = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put', 'trace'];

/**
 * What an OpenAPI document asks of requests.
 *
 * @param basePath in front of its paths, if not the one of its first server
 * @param check whether to look at everything at once, as before a configuration is taken
 * @throws SchemaProblem
 */
export function openApiRules(root: unknown, basePath: string | null, check: boolean): ApiRules {
  const document = new OpenApiDocument(root);
  if (check) {
    const draft = draftOf(document.dialect);
    for (const [at, schema] of document.shared) checkSchema(schema, draft, at);
  }
  const reader = new OperationReader(document, check);
  const { paths = {} } = document.root;
  if (!isRecord(paths)) throw new SchemaProblem('/paths', 'must be an object');
  const tree = new PathTree<PathRules>();
  for (const [template, value] of Object.entries(paths)) {
    if (template.startsWith('x-')) continue;
    const at = below('/paths', template);
    try {
      tree.add(template, reader.path({ value, at }));
    } catch (error) {
      if (error instanceof SchemaProblem) throw error;
      throw new SchemaProblem(at, (error as Error).message, error);
    }
  }
  return { paths: tree, basePath: (basePath ?? pathOfServer(document.root)).replace(/\/+$/, '') };
}

/** The path of the first server; its variables have their defaults. */
function pathOfServer({ servers }: Json): string {
  const [server] = Array.isArray(servers) ? (servers as unknown[]) : [];
  if (!isRecord(server) || typeof server.url !== 'string') return '';
  const variables = isRecord(server.variables) ? server.variables : {};
  const url = server.url.replace(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return isRecord(variable) ? String(variable.default) : '';
  });
  try {
    return new URL(url, 'http://localhost').pathname;
  } catch {
    throw new SchemaProblem('/servers/0/url', 'is no URL: set base_path');
  }
}

/** Reads operations, and compiles what they ask for. */
class OperationReader {
  readonly #document: OpenApiDocument;
  readonly #check: boolean;
  readonly #draft: Draft;
  readonly #compiler: SchemaCompiler;

  constructor(document: OpenApiDocument, check: boolean) {
    this.#document = document;
    this.#check = check;
    this.#draft = draftOf(document.dialect);
    this.#compiler = new SchemaCompiler(this.#draft, document.schemas);
  }

  path(place: Place): PathRules {
    const { value, at } = this.#document.resolve(place);
    const shared = this.#parameters(value, at);
    const methods = METHODS.filter((method) => value[method] !== undefined);
    return new Map(
      methods.map((method) => {
        const own = { value: value[method], at: below(at, method) };
        return [method.toUpperCase(), this.#operation(own, shared)];
      }),
    );
  }

  #operation(place: Place, shared: ReadonlyMap<string, ParameterRule>): RequestRules {
    const { value, at } = this.#document.resolve(place);
    const parameters = new Map([...shared, ...this.#parameters(value, at)]);
    const { requestBody } = value;
    const body =
      requestBody === undefined
        ? null
        : this.#body({ value: requestBody, at: below(at, 'requestBody') });
    return { parameters: [...parameters.values()], body };
  }

  /** The parameters of a path or an operation, by place and name. */
  #parameters({ parameters = [] }: Json, at: string): Map<string, ParameterRule> {
    const rules = new Map<string, ParameterRule>();
    const list = below(at, 'parameters');
    if (!Array.isArray(parameters)) throw new SchemaProblem(list, 'must be a list');
    parameters.forEach((value: unknown, i) => {
      const rule = this.#parameter({ value, at: below(list, i) });
      if (rule !== null) rules.set(`${rule.form.in} ${rule.form.name}`, rule);
    });
    return rules;
  }

  #parameter(place: Place): ParameterRule | null {
    const { value, at } = this.#document.resolve(place);
    const { name, in: where, required = false, content } = value;
    if (typeof name !== 'string') throw new SchemaProblem(below(at, 'name'), 'must be a text');
    if (!isPlace(where)) throw new SchemaProblem(below(at, 'in'), `must be ${PLACES.join(', ')}`);
    if (where === 'header' && IGNORED.has(name.toLowerCase())) return null;
    const usual: Style = where === 'query' || where === 'cookie' ? 'form' : 'simple';
    const { style = usual } = value;
    if (!isStyle(style)) throw new SchemaProblem(below(at, 'style'), 'there is no such style');
    const { explode = style === 'form' } = value;
    const isJson = content !== undefined;
    const schema = isJson
      ? this.#onlyContent({ value: content, at: below(at, 'content') })
      : { value: value.schema ?? {}, at: below(at, 'schema') };
    const { shape, validate } = this.#compiled(schema);
    return {
      form: {
        in: where,
        name: where === 'header' ? name.toLowerCase() : name,
        style,
        explode: explode === true,
        shape: isJson ? TEXT : shape,
      },
      required: required === true || where === 'path',
      isJson,
      validate,
    };
  }

  #onlyContent({ value, at }: Place): Place {
    const [[type, media] = ['', {}], ...others] = isRecord(value) ? Object.entries(value) : [];
    if (others.length > 0 || !/^application\/(?:.*\+)?json\b/.test(type) || !isRecord(media)) {
      throw new SchemaProblem(at, 'must have JSON as its only media type');
    }
    return { value: media.schema ?? {}, at: below(below(at, type), 'schema') };
  }

  #body(place: Place): RequestRules['body'] {
    const { value, at } = this.#document.resolve(place);
    const { content, required = false } = value;
    const list = below(at, 'content');
    if (!isRecord(content)) throw new SchemaProblem(list, 'must be an object of media types');
    const contents = Object.entries(content).map(([type, media]): ContentRule => {
      const own = below(list, type);
      const range = readMediaType(type);
      if (range === null) throw new SchemaProblem(own, 'is no media type');
      if (!isRecord(media)) throw new SchemaProblem(own, 'must be an object');
      if (media.schema === undefined) return { range, shape: TEXT, validate: null };
      return { range, ...this.#compiled({ value: media.schema, at: below(own, 'schema') }) };
    });
    // What is most precise counts first.
    contents.sort((a, b) => breadth(a) - breadth(b));
    return { required: required === true, contents, otherTypes: 415 };
  }

  #compiled(place: Place): { shape: Shape; validate: ReturnType<typeof lazily> } {
    const document = this.#document;
    const schema = document.schema(place);
    if (this.#check) checkSchema(schema, this.#draft, place.at);
    const validate = lazily(() => this.#compiler.compile(schema));
    if (this.#check) this.#prepare(validate, place.at);
    return { validate, shape: shapeOf(schema, (reference) => document.schemaAt(reference)) };
  }

  #prepare(validate: ReturnType<typeof lazily>, at: string): void {
    try {
      validate.prepare();
    } catch (error) {
      throw new SchemaProblem(at, (error as Error).message, error);
    }
  }
}

const TEXT: Shape = { kinds: new Set(['string']), items: null, properties: new Map() };
const PLACES: readonly ParameterPlace[] = ['cookie', 'header', 'path', 'query'];
/** Headers of which OpenAPI says that descriptions as parameters are to be ignored. */
const IGNORED: ReadonlySet<string> = new Set(['accept', 'authorization', 'content-type']);

function isPlace(value: unknown): value is ParameterPlace {
  return PLACES.some((place) => place === value);
}

function isStyle(value: unknown): value is Style {
  return STYLES.some((style) => style === value);
}

function breadth({ range }: ContentRule): number {
  return range.type === '*' ? 2 : range.subtype === '*' ? 1 : 0;
}

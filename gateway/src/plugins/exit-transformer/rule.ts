import { fieldValue } from '../../plugin/header-line.ts';
import { mediaType } from '../../plugin/media-type.ts';
import type { Exchange, OwnAnswer } from '../../plugin/plugin.ts';
import { Template } from '../../plugin/template/template.ts';
import type { Scope } from '../../plugin/template/value.ts';
import { AnswerScope, VARIABLES } from './answer-scope.ts';
import { bodyTemplate, type BodyTemplate } from './body-template.ts';
import type { RuleConfig } from './schema.ts';
import { statusTest } from './statuses.ts';

/** Fields that say something of a body, and nothing of another one. */
const OF_THE_BODY = [
  'content-digest',
  'content-encoding',
  'content-language',
  'content-md5',
  'content-range',
  'digest',
  'etag',
  'last-modified',
] as const;

interface HeaderTemplate {
  readonly name: string;
  readonly template: Template;
}

/** What becomes of some answers. */
export class Rule {
  readonly #hasStatus: (status: number) => boolean;
  readonly #types: readonly string[] | null;
  readonly #status: number | null;
  readonly #removed: readonly string[];
  readonly #set: readonly HeaderTemplate[];
  readonly #added: readonly HeaderTemplate[];
  readonly #contentType: string;
  readonly #body: BodyTemplate | null;

  constructor({ statuses, types, status, headers, content_type: type, body }: RuleConfig) {
    this.#hasStatus = statusTest(statuses);
    this.#types = types?.map((each) => each.toLowerCase()) ?? null;
    this.#status = status ?? null;
    this.#removed = headers.remove.map((name) => name.toLowerCase());
    this.#set = headerTemplates(headers.set ?? {});
    this.#added = headerTemplates(headers.add ?? {});
    this.#contentType = /^text\/[^;]+$/i.test(type) ? `${type}; charset=utf-8` : type;
    this.#body = body === null || body === undefined ? null : bodyTemplate(body, type);
  }

  /**
   * Some plugins answer in JSON whatever the client wants; since a rule gives another body, what it wants
   * counts.
   *
   * @param type of the answer as it is
   */
  fits({ status, wantedType }: OwnAnswer, type: string | undefined): boolean {
    if (!this.#hasStatus(status)) return false;
    if (this.#types === null) return true;
    const decisive = wantedType ?? (type === undefined ? undefined : mediaType(type));
    return decisive !== undefined && this.#types.includes(decisive);
  }

  /** @throws RenderError where a template cannot be filled in; then the answer is as it was */
  apply(ex: Exchange, answer: OwnAnswer): void {
    const { response } = ex;
    const scope = new AnswerScope(ex, answer);
    const body = answer.inGrpc ? null : (this.#body?.(scope) ?? null);
    const set = rendered(this.#set, scope);
    const added = rendered(this.#added, scope);

    for (const name of this.#removed) response.removeHeader(name);
    for (const [name, value] of set) response.setHeader(name, value);
    for (const [name, value] of added) {
      if (response.header(name.toLowerCase()) === undefined) response.setHeader(name, value);
    }
    if (this.#status !== null && !answer.inGrpc) response.status = this.#status;
    if (body === null) return;
    for (const name of OF_THE_BODY) response.removeHeader(name);
    response.setHeader('Content-Type', this.#contentType);
    answer.setBody(body);
  }
}

function headerTemplates(templates: Readonly<Record<string, string>>): HeaderTemplate[] {
  return Object.entries(templates).map(([name, text]) => {
    return { name, template: Template.parse(text, VARIABLES) };
  });
}

/** Fields with their values; one whose value comes to nothing is left out. */
function rendered(templates: readonly HeaderTemplate[], scope: Scope): [string, string][] {
  return templates
    .map(({ name, template }): [string, string] => [name, fieldValue(template.render(scope))])
    .filter(([, value]) => value !== '');
}

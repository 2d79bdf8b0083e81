import { escapeMarkup } from '../../plugin/markup.ts';
import { isJson, mediaType } from '../../plugin/media-type.ts';
import { Template } from '../../plugin/template/template.ts';
import { TemplateError } from '../../plugin/template/template-error.ts';
import type { Scope } from '../../plugin/template/value.ts';
import { VARIABLES } from './answer-scope.ts';
import { JsonTemplate } from './json-template.ts';
import { placeProblem } from './markup-places.ts';

/** An expression where a value of JSON should be. */
const BARE = /[:[,]\s*\$\(/;

/** Fills a body in; throws RenderError where that cannot be done. */
export type BodyTemplate = (scope: Scope) => string;

// eslint-disable-next-line no-control-regex -- control characters are what must not pass
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/g;
// eslint-disable-next-line no-control-regex -- control characters are what must not pass
const NOT_IN_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g;

/**
 * A body in which values stand as texts of its type, and as nothing else.
 *
 * @throws TemplateError or SyntaxError saying what is wrong
 */
export function bodyTemplate(body: string, contentType: string): BodyTemplate {
  if (isJson(contentType)) {
    const json = new JsonTemplate(body, VARIABLES);
    return (scope) => json.render(scope);
  }
  const template = Template.parse(body, VARIABLES);
  const { constant } = template;
  if (constant !== null) return () => constant;
  const type = mediaType(contentType);
  if (type === 'text/plain') return (scope) => template.render(scope, plainText);
  if (!isMarkup(type)) {
    throw new TemplateError(
      0,
      `expressions are for JSON, HTML, XML and text/plain, not for ${type}`,
    );
  }
  const problem = placeProblem(template.texts);
  if (problem !== undefined) throw new TemplateError(0, problem);
  return (scope) => template.render(scope, markupText);
}

/** What is wrong with a body, in words for whoever wrote it; undefined when nothing is. */
export function bodyProblem(body: string, contentType: string): string | undefined {
  try {
    bodyTemplate(body, contentType);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return `invalid template: ${error.message}`;
    if (error instanceof SyntaxError) {
      const hint = BARE.test(body) ? '; expressions stand in texts: "$(message)"' : '';
      return `no JSON, as content_type says: ${error.message}${hint}`;
    }
    throw error;
  }
}

function isMarkup(type: string): boolean {
  return type === 'text/html' || /^(?:application|text)\/xml$|\+xml$/.test(type);
}

function markupText(text: string): string {
  return escapeMarkup(text.replace(NOT_IN_XML, '\ufffd'));
}

/** A value makes no line of its own. */
function plainText(text: string): string {
  return text.replace(CONTROL, ' ');
}

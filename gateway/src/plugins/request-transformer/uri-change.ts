import type { RequestView } from '../../plugin/plugin.ts';
import { Template } from '../../plugin/template/template.ts';
import type { Scope } from '../../plugin/template/value.ts';
import { VARIABLES } from './request-scope.ts';
import { UnfitValue } from './unfit-value.ts';

/** A segment that leads elsewhere, as servers read it that decode escapes first. */
const DOT_SEGMENT = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?=$|[/\\?#]|%2f|%5c)/i;

/** The path that a service is asked for in place of the one of route and service. */
export class UriChange {
  /** Whether nothing of it depends on the request. */
  readonly isConstant: boolean;
  readonly #path: Template;
  /** What comes in front of the query string. */
  readonly #query: Template | null;

  constructor(uri: string) {
    const whole = Template.parse(uri, VARIABLES);
    const [path, query] = whole.split('?') ?? [whole, null];
    this.#path = path;
    this.#query = query;
    this.isConstant = whole.constant !== null;
  }

  /**
   * @returns what to do, once the templates are filled in
   * @throws RenderError
   * @throws UnfitValue where a value of the client would leave the path
   */
  render(scope: Scope): (request: RequestView) => void {
    const path = this.#path.render(scope);
    if (this.#path.constant === null && DOT_SEGMENT.test(path)) {
      throw new UnfitValue('a path would lead elsewhere');
    }
    const query = this.#query?.render(scope, encodeURIComponent) ?? '';
    return (request) => {
      request.setPath(path.startsWith('/') ? path : `/${path}`);
      if (query !== '')
        request.setQuery(request.query === '' ? query : `${query}&${request.query}`);
    };
  }
}

import type { PluginLog, RequestView } from '../../plugin/plugin.ts';
import { isForm } from './body-changes.ts';

/** Methods without a body: a form goes into the query string, as in Kong. */
const FORMLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'TRACE']);

/** The method that a service is asked with in place of the client's. */
export class MethodChange {
  readonly #method: string;

  private constructor(method: string) {
    this.#method = method;
  }

  /** @returns null where the client's method stays */
  static of(configured: string | null, log: PluginLog): MethodChange | null {
    if (configured === null) return null;
    const method = configured.toUpperCase();
    if (method !== 'CONNECT') return new MethodChange(method);
    log.warn('http_method: services are not asked with CONNECT, so methods stay as they are', {
      help: 'Take http_method out of the configuration.',
    });
    return null;
  }

  apply(request: RequestView): void {
    request.setMethod(this.#method);
  }

  /** Whether the fields of a form are arguments then. */
  movesForm(request: RequestView): boolean {
    return FORMLESS.has(this.#method) && request.hasBody && isForm(request);
  }
}

import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { SharedByOptions } from '../../plugin/shared-by-options.ts';
import { faultOf, type Fault, type PathTexts } from './check-request.ts';
import { openApiRules, type ApiRules } from './openapi/rules.ts';
import type { RequestRules } from './rules.ts';
import { requestValidatorConfig } from './schema.ts';
import { schemaRules } from './schema-rules.ts';

/** Rules of this thread, compiled when the first request needs them; the same ones once. */
const shared = new SharedByOptions<{ rules: RequestRules | ApiRules | null }>();

/** Lets requests pass that are as a schema or an OpenAPI document says. */
export const requestValidator = definePlugin({
  name: 'request-validator',
  summary: 'Lets requests pass that fit JSON Schemas, or what an OpenAPI document says.',
  version: '1.0.0',
  priority: 999,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: requestValidatorConfig,

  setup(config) {
    const { openapi, base_path: basePath, body_schema, parameter_schema, version } = config;
    const { allowed_content_types, verbose_response: verbose, allow_undocumented } = config;
    const content = [openapi, basePath, body_schema, parameter_schema, version];
    const share = shared.share([...content, allowed_content_types], () => ({ rules: null }));

    function validate(ex: Exchange, rules: RequestRules, texts: PathTexts): void | Promise<void> {
      const fault = faultOf(ex, rules, texts, config);
      if (fault === null) return;
      if (!(fault instanceof Promise)) return refuse(ex, fault);
      return fault.then((settled) => {
        if (settled !== null && !ex.answered) refuse(ex, settled);
      });
    }

    function refuse(ex: Exchange, { status, message, errors }: Fault): void {
      ex.respond(status, verbose ? { message, errors } : { message });
    }

    function validateByDocument(ex: Exchange, api: ApiRules): void | Promise<void> {
      const { method, upstreamTarget } = ex.request;
      const path = pathWithin(upstreamTarget ?? '/', api.basePath);
      const found = path === null ? null : api.paths.find(path);
      const rules =
        found?.target.get(method) ?? (method === 'HEAD' ? found?.target.get('GET') : undefined);
      if (found !== null && rules !== undefined) return validate(ex, rules, found.parameters);
      if (allow_undocumented) return;
      if (found === null) return ex.respond(404, { message: 'the API has no such path' });
      const allow = [...found.target.keys()].join(', ');
      ex.respond(405, { message: 'the API has no such method here' }, { Allow: allow });
    }

    return {
      access: function validateRequest(ex) {
        if (openapi === null) {
          const rules = (share.thing.rules ??= schemaRules(config, false)) as RequestRules;
          return validate(ex, rules, ex.request.uriCaptures);
        }
        const api = (share.thing.rules ??= openApiRules(openapi, basePath, false)) as ApiRules;
        return validateByDocument(ex, api);
      },
      dispose: share.release,
    };
  },
});

/** The path of a target below the base; null where it is not below it. */
function pathWithin(target: string, base: string): string | null {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (!path.startsWith(base)) return null;
  const rest = path.slice(base.length);
  return rest === '' || rest.startsWith('/') ? rest || '/' : null;
}

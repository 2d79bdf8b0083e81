import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { bodyChangeFor } from './body-changes.ts';
import { ChangeSet, configuredChanges } from './change-set.ts';
import { HeaderChanges } from './header-changes.ts';
import { MethodChange } from './method-change.ts';
import { changeQuery } from './query-changes.ts';
import { refusals } from './refusals.ts';
import { NO_SCOPE, RequestScope } from './request-scope.ts';
import { requestTransformerConfig } from './schema.ts';
import { UriChange } from './uri-change.ts';

/** Changes requests on their way to the service. */
export const requestTransformer = definePlugin({
  name: 'request-transformer',
  summary: 'Changes headers, query string, body, method and path of requests, with templates.',
  version: '1.0.0',
  priority: 801,
  protocols: HTTP_PROTOCOLS,
  anyProtocol: true,
  config: requestTransformerConfig,

  setup(config, env) {
    const { max_body_size: limit } = config;
    const headers = new HeaderChanges(configuredChanges(config, 'headers'), env.log);
    const query = new ChangeSet(configuredChanges(config, 'querystring'));
    const body = new ChangeSet(configuredChanges(config, 'body'));
    const uri = config.replace.uri === null ? null : new UriChange(config.replace.uri);
    const method = MethodChange.of(config.http_method, env.log);
    const isConstant = [headers, query, body, uri].every((change) => change?.isConstant ?? true);
    const keepsHeaders = !headers.isEmpty && !(query.isConstant && body.isConstant);
    const refuse = refusals(env.log);

    function access(ex: Exchange): void | Promise<void> {
      try {
        return change(ex)?.catch((error: unknown) => refuse(ex, error));
      } catch (error) {
        refuse(ex, error);
      }
    }

    /** @returns what waits for the request's body, where something does */
    function change(ex: Exchange): Promise<void> | undefined {
      const { request } = ex;
      const scope = isConstant ? NO_SCOPE : new RequestScope(ex, keepsHeaders);
      // Every template of the head is filled in before anything changes.
      const changePath = uri?.render(scope);
      const changeHeaders = headers.isEmpty ? undefined : headers.render(scope);
      changePath?.(request);
      method?.apply(request);
      changeHeaders?.(request);
      const changeBody = body.isEmpty ? null : bodyChangeFor(request);
      const bodyChanges = changeBody === null ? null : body.render(scope);
      const queryChanges = query.isEmpty ? null : query.render(scope);
      const form = method?.movesForm(request) === true;
      if (!form) changeQuery(request, queryChanges, null);
      if (!form && bodyChanges === null) return undefined;
      return request.body(limit).then((bytes) => {
        if (ex.answered) return;
        if (form) changeQuery(request, queryChanges, bytes);
        const changed = bodyChanges === null ? null : changeBody!(bytes, bodyChanges);
        if (changed !== null) request.setBody(changed);
      });
    }

    return { access };
  },
});

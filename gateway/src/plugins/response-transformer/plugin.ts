import { isJson } from '../../plugin/media-type.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { headerChanges } from './header-changes.ts';
import { jsonChanges } from './json-changes.ts';
import { responseTransformerConfig } from './schema.ts';

/** Changes headers and JSON bodies on their way back to the client. */
export const responseTransformer = definePlugin({
  name: 'response-transformer',
  summary: 'Removes, renames and sets headers and JSON members of responses.',
  version: '1.0.0',
  priority: 800,
  protocols: HTTP_PROTOCOLS,
  config: responseTransformerConfig,

  setup(config, env) {
    const changeHeaders = headerChanges(config, env.log);
    const changeBody = jsonChanges(config);
    const { max_body_size: limit } = config;
    if (changeHeaders === null && changeBody === null) return {};

    return {
      ...(changeBody !== null &&
        config.ask_uncompressed && {
          access: function askUncompressed({ request }) {
            request.setHeader('Accept-Encoding', 'identity');
          },
        }),
      responseHeaders: function transform({ response }) {
        if (changeHeaders !== null) changeHeaders(response);
        if (changeBody === null || !isJson(response.header('content-type'))) return;
        const coding = response.header('content-encoding');
        if (coding === undefined || coding === 'identity') response.changeBody(limit, changeBody);
      },
    };
  },
});

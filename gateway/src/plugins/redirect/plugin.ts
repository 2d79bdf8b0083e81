import { url } from '../../plugin/checks.ts';
import { finalStatus } from '../../plugin/final-status.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';

/** Sends clients to another place. */
export const redirect = definePlugin({
  name: 'redirect',
  summary: 'Redirects clients to another URL; the service is not asked.',
  version: '1.0.0',
  priority: 779,
  protocols: HTTP_PROTOCOLS,
  config: f.record(
    {
      status_code: f.integer({
        required: true,
        default: 301,
        between: [100, 599],
        description: 'Status of the response.',
      }),
      location: f.string({
        required: true,
        check: url,
        description: 'URL that clients are sent to.',
      }),
      keep_incoming_path: f.boolean({
        default: false,
        description:
          'Whether path and query string of the request take the place of those of `location`.',
      }),
    },
    { required: true },
  ),

  setup(config, env) {
    const status = finalStatus(config.status_code, 301, env.log);
    const location = fieldValue(config.location);
    const origin = ORIGIN.exec(location)?.[0] ?? location;
    const keepsPath = config.keep_incoming_path === true;
    const fixed = { Location: location };

    return {
      access: function redirect(ex) {
        const headers = keepsPath ? { Location: origin + pathOf(ex.request.target) } : fixed;
        ex.respond(status, 'redirecting', headers);
      },
    };
  },
});

const ORIGIN = /^[a-z][\w+.-]*:\/\/[^/?#]*/i;
const BEYOND_ASCII = /[\x80-\xff]/g;

/** Path and query of a request target as they were sent, in characters that a URL has. */
function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(ORIGIN, '');
  const escaped = path.replace(
    BEYOND_ASCII,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return escaped.startsWith('/') ? escaped : `/${escaped}`;
}

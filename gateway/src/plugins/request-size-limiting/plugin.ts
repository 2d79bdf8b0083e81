import { definePlugin, f } from '../../plugin/plugin.ts';
import type { RequestView } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';

const BYTES = { bytes: 1, kilobytes: 1024, megabytes: 1024 * 1024 } as const;
const DEFAULT_SIZE = 128;

/** Refuses requests whose bodies are too long, without keeping a body to find that out. */
export const requestSizeLimiting = definePlugin({
  name: 'request-size-limiting',
  summary: 'Refuses requests whose body is longer than a limit.',
  version: '1.0.0',
  priority: 951,
  protocols: HTTP_PROTOCOLS,
  config: f.record(
    {
      allowed_payload_size: f.integer({
        default: DEFAULT_SIZE,
        description: 'How long a body may be, in `size_unit`.',
      }),
      size_unit: f.string({
        required: true,
        default: 'megabytes',
        one_of: ['megabytes', 'kilobytes', 'bytes'],
        description:
          'What `allowed_payload_size` counts: a kilobyte has 1024 bytes, a megabyte 1024 kilobytes.',
      }),
      require_content_length: f.boolean({
        required: true,
        default: false,
        description:
          'Whether requests must say with `Content-Length` how long they are, and are answered with 411 otherwise. Those of HTTP/1.1 that come in chunks need not.',
      }),
    },
    { required: true },
  ),

  setup(config) {
    const limit = (config.allowed_payload_size ?? DEFAULT_SIZE) * BYTES[config.size_unit];
    const mustTell = config.require_content_length;

    return {
      access: function limitSize(ex) {
        const { request } = ex;
        if (mustTell && !tellsLength(request)) {
          ex.error(411, 'A valid Content-Length header is required');
          return;
        }
        const status = isAskingFirst(request) ? 417 : 413;
        request.limitBody(limit, status, 'Request size limit exceeded');
      },
    };
  },
});

function tellsLength(request: RequestView): boolean {
  return (
    request.header('content-length') !== undefined ||
    request.header('transfer-encoding') !== undefined
  );
}

/** Whether the client wants to know whether its request will do before it sends the body. */
function isAskingFirst(request: RequestView): boolean {
  return request.header('expect')?.toLowerCase() === '100-continue';
}

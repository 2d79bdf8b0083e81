import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { keyIn, standardWebhooksConfig } from './schema.ts';
import { hasSignature, signatureOf } from './signatures.ts';

const SECONDS = /^\d{1,15}$/;

/** Lets webhooks pass that their sender has signed (https://www.standardwebhooks.com). */
export const standardWebhooks = definePlugin({
  name: 'standard-webhooks',
  summary: 'Lets webhooks pass that are signed as the Standard Webhooks specification says.',
  version: '1.0.0',
  priority: 760,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: standardWebhooksConfig,

  setup(config, env) {
    const { accept_any_signature: listed, max_body_size: limit } = config;
    const tolerance = config.tolerance_second * 1000;
    const key = keyIn(config.secret_v1, config.secret_is_base64);
    if (key === null) throw new Error('the secret is no base64');
    const refuse = (ex: Exchange): void => ex.error(400, 'Bad request');

    return {
      access: function verifyWebhook(ex) {
        const { request } = ex;
        const id = onlyValue(request, 'webhook-id');
        const timestamp = onlyValue(request, 'webhook-timestamp');
        const signature = onlyValue(request, 'webhook-signature');
        if (id === null || timestamp === null || signature === null) return refuse(ex);
        const distance = env.now() - Number(timestamp) * 1000;
        if (!SECONDS.test(timestamp) || Math.abs(distance) > tolerance) return refuse(ex);
        if (!request.hasBody) return refuse(ex);
        return request.body(limit).then((body) => {
          if (ex.answered) return;
          const expected = signatureOf({ id, timestamp, body }, key);
          const isRight = body.length > 0 && hasSignature(signature, expected, listed);
          if (!isRight) refuse(ex);
        });
      },
    };
  },
});

/** The value of a field; null where there is none, or several, of which the service may take another. */
function onlyValue(request: RequestView, name: string): string | null {
  const [value = '', ...others] = request.headerValues(name);
  return value === '' || others.length > 0 ? null : value;
}

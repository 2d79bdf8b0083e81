import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { SeldomLog } from '../../plugin/seldom-log.ts';
import { EMPTY, faultOfFields, MISFIT, NO_TIME, onlyValue, TOO_FAR, type Fault } from './faults.ts';
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
    const log = new SeldomLog(env);

    /** The sender is told nothing of why, as in Kong; whoever runs the gateway is. */
    function refuse(ex: Exchange, { reason, help }: Fault): void {
      log.warn(`a webhook is refused: ${reason}`, { help, request_id: ex.id });
      ex.error(400, 'Bad request');
    }

    return {
      access: function verifyWebhook(ex) {
        const { request } = ex;
        const id = onlyValue(request, 'webhook-id');
        const timestamp = onlyValue(request, 'webhook-timestamp');
        const signature = onlyValue(request, 'webhook-signature');
        if (id === null || timestamp === null || signature === null) {
          return refuse(ex, faultOfFields(request));
        }
        if (!SECONDS.test(timestamp)) return refuse(ex, NO_TIME);
        const distance = env.now() - Number(timestamp) * 1000;
        if (Math.abs(distance) > tolerance) return refuse(ex, TOO_FAR);
        if (!request.hasBody) return refuse(ex, EMPTY);
        return request.body(limit).then((body) => {
          if (ex.answered) return;
          if (body.length === 0) return refuse(ex, EMPTY);
          const expected = signatureOf({ id, timestamp, body }, key);
          if (!hasSignature(signature, expected, listed)) refuse(ex, MISFIT);
        });
      },
    };
  },
});

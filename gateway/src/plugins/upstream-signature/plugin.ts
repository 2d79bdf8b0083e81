import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange, ServiceInfo } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { MessageSigner } from './message-signature.ts';
import { upstreamSignatureConfig } from './schema.ts';
import { SigningKey } from './signing-key.ts';
import { TokenMaker } from './token-maker.ts';

const NO_BODY = new Uint8Array();

/** Signs what goes to services, so that they can refuse whoever goes around the gateway. */
export const upstreamSignature = definePlugin({
  name: 'upstream-signature',
  summary: 'Signs requests to services, so that these can refuse whoever goes around the gateway.',
  version: '1.0.0',
  // After everything that changes a request or ends it.
  priority: 1,
  protocols: HTTP_PROTOCOLS,
  config: upstreamSignatureConfig,

  publicKeys(config) {
    const keys = config.keys.map((settings) => new SigningKey(settings).published);
    return keys.filter((key) => key !== null);
  },

  setup(config, env) {
    const [key] = config.keys.map((settings) => new SigningKey(settings));
    if (key === undefined) throw new Error('there is no key to sign with');
    const { bind, header_name: header, max_body_size: limit } = config;
    const tokens = new TokenMaker(config, key);
    const signer = new MessageSigner(config, key);
    const names = new FieldNames([header]);
    const byToken = config.format === 'jwt';
    const perRequest = bind.length > 0;
    const withBody = bind.includes('body');

    function sign(ex: Exchange, service: ServiceInfo, body: Uint8Array | null): void {
      const { request } = ex;
      const now = env.now();
      if (byToken) {
        const token = perRequest
          ? tokens.own(ex, service, now, body)
          : tokens.shared(ex, service, now);
        request.setLines(names, new FieldLines(names, `${header}: ${token}\r\n`));
        return;
      }
      const fields = signer.sign(ex, service, now, body);
      for (const [name, value] of Object.entries(fields)) request.setHeader(name, value);
    }

    return {
      access: function signRequest(ex) {
        const { request, service } = ex;
        if (service === null) return;
        if (!withBody) return sign(ex, service, null);
        if (!request.hasBody) return sign(ex, service, NO_BODY);
        return request.body(limit).then((body) => {
          if (!ex.answered) sign(ex, service, body);
        });
      },
    };
  },
});

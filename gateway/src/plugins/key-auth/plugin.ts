import { authentication, challenge } from '../../plugin/authentication.ts';
import type { Refusal } from '../../plugin/authentication.ts';
import { withoutField } from '../../plugin/body/form.ts';
import { readNamedFields } from '../../plugin/body/named-fields.ts';
import { headerName } from '../../plugin/checks.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';

const CREDENTIALS = 'keyauth_credentials';

/** Knows consumers by an API key that they send in a header, the query string or the body. */
export const keyAuth = definePlugin({
  name: 'key-auth',
  summary: 'Lets requests pass that carry the API key of a consumer.',
  version: '1.0.0',
  priority: 1250,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: f.record(
    {
      key_names: f.array(f.string({ check: headerName }), {
        required: true,
        default: ['apikey'],
        description:
          'Where to look for the key: names of headers (in any case), query arguments and body fields. The first that is there counts.',
      }),
      hide_credentials: f.boolean({
        required: true,
        default: false,
        description: 'Whether to remove the key before the request goes to the service.',
      }),
      anonymous: f.string({
        description:
          'Id or username of a consumer as which requests without a valid key go on. Without it they are answered with 401.',
      }),
      key_in_header: f.boolean({
        required: true,
        default: true,
        description: 'Whether to look at headers.',
      }),
      key_in_query: f.boolean({
        required: true,
        default: true,
        description: 'Whether to look at the query string.',
      }),
      key_in_body: f.boolean({
        required: true,
        default: false,
        description:
          'Whether to look at the body, if it is a form, multipart or a JSON object of at most 1 MiB. It is read only when the key is not elsewhere.',
      }),
      run_on_preflight: f.boolean({
        required: true,
        default: true,
        description: 'Whether `OPTIONS` requests need a key too.',
      }),
      realm: f.string({
        description: 'Realm that `WWW-Authenticate` names in a 401.',
      }),
    },
    { required: true },
  ),

  setup(config, env) {
    const { directory } = env;
    const names = config.key_names.map((name) => ({ name, headers: headerSpellings(name) }));
    const { key_in_header: inHeader, key_in_query: inQuery, key_in_body: inBody } = config;
    const hide = config.hide_credentials;

    const headers = { 'WWW-Authenticate': challenge('Key', config.realm) };
    const refusal = (message: string): Refusal => {
      return { status: 401, message, headers, body: 'negotiated' };
    };
    const missing = refusal('No API key found in request');
    const duplicate = refusal('Duplicate API key found');
    const unknown = refusal('Unauthorized');

    function verifyKey(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const { request } = ex;
      for (const keyName of names) {
        const values = inHeader ? headerValues(request, keyName.headers) : NONE;
        const found =
          values.length === 0 && inQuery && request.query !== ''
            ? request.queryValues(keyName.name)
            : values;
        if (found.length > 1) return duplicate;
        const key = found[0];
        if (typeof key !== 'string') continue;
        if (hide) hideFromHead(request, keyName.name, keyName.headers);
        return identify(ex, key);
      }
      return inBody && request.hasBody ? verifyKeyInBody(ex) : missing;
    }

    async function verifyKeyInBody(ex: Exchange): Promise<Refusal | null> {
      const fields = await readNamedFields(ex.request);
      if (fields === undefined) return missing;
      for (const { name } of names) {
        const found = fields.values(name);
        if (found.length > 1) return duplicate;
        const key = found[0];
        if (key === undefined) continue;
        if (hide) ex.request.setBody(fields.without(name));
        return identify(ex, key);
      }
      return missing;
    }

    function identify(ex: Exchange, key: string): Refusal | null {
      if (key === '') return missing;
      const credential = directory.credential(CREDENTIALS, key);
      if (credential === undefined) return unknown;
      const consumer = directory.consumerOf(credential);
      if (consumer === undefined) return unknown;
      ex.authenticate(consumer, credential, credential.id);
      return null;
    }

    return {
      access: authentication({
        verify: verifyKey,
        anonymous: config.anonymous,
        runOnPreflight: config.run_on_preflight,
        env,
      }),
    };
  },
});

const NONE: readonly string[] = [];

/** Names under which a header may come: in lower case, and `api_key` as `api-key` too, as in Kong. */
function headerSpellings(name: string): readonly string[] {
  const lower = name.toLowerCase();
  return lower.includes('_') ? [lower, lower.replaceAll('_', '-')] : [lower];
}

function headerValues(request: RequestView, spellings: readonly string[]): readonly string[] {
  for (const spelling of spellings) {
    const values = request.headerValues(spelling);
    if (values.length > 0) return values;
  }
  return NONE;
}

function hideFromHead(request: RequestView, name: string, spellings: readonly string[]): void {
  for (const spelling of spellings) request.removeHeader(spelling);
  if (request.query !== '') request.setQuery(withoutField(request.query, name));
}

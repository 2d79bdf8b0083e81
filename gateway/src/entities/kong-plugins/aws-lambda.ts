import { f, type CheckFailure } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { hostField, optionalFlag, urlField } from './parts/fields.ts';

const secret = { referenceable: true, encrypted: true } as const;

export const awsLambda = knownPlugin({
  name: 'aws-lambda',
  priority: 750,
  config: f.record({
    timeout: f.number({ required: true, default: 60_000 }),
    keepalive: f.number({ required: true, default: 60_000 }),
    aws_key: f.string(secret),
    aws_secret: f.string(secret),
    aws_assume_role_arn: f.string(secret),
    aws_role_session_name: f.string({ default: 'kong' }),
    aws_sts_endpoint_url: urlField,
    aws_region: hostField,
    function_name: f.string(),
    qualifier: f.string(),
    invocation_type: f.string({
      required: true,
      default: 'RequestResponse',
      one_of: ['RequestResponse', 'Event', 'DryRun'],
    }),
    log_type: f.string({ required: true, default: 'Tail', one_of: ['Tail', 'None'] }),
    host: hostField,
    port: f.integer({ default: 443, between: [0, 65_535] }),
    disable_https: optionalFlag(false),
    unhandled_status: f.integer({ between: [100, 999] }),
    forward_request_method: optionalFlag(false),
    forward_request_uri: optionalFlag(false),
    forward_request_headers: optionalFlag(false),
    forward_request_body: optionalFlag(false),
    is_proxy_integration: optionalFlag(false),
    awsgateway_compatible: optionalFlag(false),
    proxy_url: urlField,
    skip_large_bodies: optionalFlag(true),
    base64_encode_body: optionalFlag(true),
    aws_imds_protocol_version: f.string({ required: true, default: 'v1', one_of: ['v1', 'v2'] }),
    empty_arrays_mode: f.string({
      required: true,
      default: 'legacy',
      one_of: ['legacy', 'correct'],
    }),
  }),
  checks: [
    { mutually_required: ['config.aws_key', 'config.aws_secret'] },
    { reads: ['config.proxy_url'], custom: plainProxy },
  ],
});

function plainProxy(record: Readonly<Record<string, unknown>>): CheckFailure | undefined {
  const url = (record.config as { readonly proxy_url?: unknown } | null)?.proxy_url;
  if (typeof url !== 'string' || /^http:/i.test(url)) return undefined;
  return { message: 'proxy_url scheme must be http' };
}

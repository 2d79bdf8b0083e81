import { headerName, matching } from '../../plugin/checks.ts';
import { CONSUMER_PROPERTIES } from '../../plugin/consumer-by.ts';
import { isFramingField } from '../../plugin/framing-names.ts';
import { peerFields } from '../../plugin/peer/fields.ts';
import { f } from '../../plugin/plugin.ts';
import type { EntityCheck, InferRecord } from '../../plugin/plugin.ts';
import { isWebAddress } from '../../plugin/web-address.ts';

export type ExternalAuthConfig = InferRecord<typeof externalAuthConfig>;

/** What of a request an answer may depend on besides its header. */
export const REQUEST_PARTS = ['method', 'host', 'path', 'query', 'client_ip'] as const;

const IDENTITY =
  /^x-(consumer-(id|custom-id|username|groups)|credential-identifier|authenticated-groups|anonymous-consumer)$/i;

/** A field that can be passed on. */
function passable(name: string): string | undefined {
  if (isFramingField(name.toLowerCase())) return 'frames the message, so it cannot be passed on';
  return headerName(name);
}

function upstreamField(name: string): string | undefined {
  if (name.toLowerCase() === 'host') return 'is what the gateway says itself';
  return IDENTITY.test(name)
    ? "is what the gateway says itself: use 'consumer_header', 'groups_header' or 'identifier_header'"
    : passable(name);
}

export const externalAuthConfig = f.record(
  {
    url: f.string({
      required: true,
      check: isWebAddress,
      description: 'The HTTP service that decides. It is asked for each request.',
    }),
    method: f.string({
      required: true,
      default: 'GET',
      one_of: ['GET', 'HEAD', 'POST'],
      description: 'Method with which it is asked. It is sent no body.',
    }),
    request_headers: f.set(f.string({ check: passable }), {
      required: true,
      default: ['authorization', 'cookie'],
      description:
        'Fields of the request that it is sent. It always gets `X-Forwarded-Method`, `-Proto`, `-Host`, `-Uri` and `-For`.',
    }),
    custom_headers: f.map(f.string({ check: passable }), f.string({ referenceable: true }), {
      required: true,
      default: {},
      description:
        'Further fields that it is sent, such as a secret by which it knows the gateway.',
    }),
    allow_statuses: f.set(f.integer({ between: [200, 299] }), {
      required: true,
      default: [200, 204],
      description: 'Statuses of its answer with which a request passes.',
    }),
    refuse_statuses: f.map(
      f.string({ check: matching(/^[2-5]\d\d$/) }),
      f.integer({ between: [300, 599] }),
      {
        required: true,
        default: { '401': 401, '403': 403 },
        description:
          'Statuses of its answer with which a request is refused, and the status that the client gets then. Any other status is no answer: see `on_failure`.',
      },
    ),
    upstream_headers: f.set(f.string({ check: upstreamField }), {
      required: true,
      default: [],
      description:
        'Fields of its answer that the service of the route gets. Those of these names that a client sends never reach it.',
    }),
    client_headers: f.set(f.string({ check: passable }), {
      required: true,
      default: [],
      description: 'Fields of its answer that the client gets when its request passes.',
    }),
    refusal_headers: f.set(f.string({ check: passable }), {
      required: true,
      default: ['www-authenticate', 'location', 'set-cookie', 'retry-after'],
      description: 'Fields of its answer that the client gets when its request is refused.',
    }),
    refusal_body: f.boolean({
      required: true,
      default: false,
      description:
        'Whether the client gets the body of a refusal, with its `Content-Type`. Otherwise the gateway writes one.',
    }),
    hide_headers: f.set(f.string({ check: passable }), {
      required: true,
      default: [],
      description: 'Fields of the request that are kept from the service of the route.',
    }),
    consumer_header: f.string({
      check: headerName,
      description: 'Field of its answer that names a consumer.',
    }),
    consumer_by: f.array(f.string({ one_of: CONSUMER_PROPERTIES }), {
      required: true,
      default: ['username', 'custom_id'],
      description: 'What of a consumer that name is, tried in this order.',
    }),
    consumer_optional: f.boolean({
      required: true,
      default: false,
      description: 'Whether a request passes also if its answer names no consumer that there is.',
    }),
    identifier_header: f.string({
      check: headerName,
      description:
        'Field of its answer that says who sends the request: `X-Credential-Identifier` for the service, and who limits without a consumer count by.',
    }),
    groups_header: f.string({
      check: headerName,
      description: 'Field of its answer with groups for `acl`, with commas in between.',
    }),
    ttl: f.number({
      required: true,
      default: 0,
      between: [0, 86_400],
      description:
        'Seconds for which an answer lets requests pass that are the same; 0 asks for each.',
    }),
    negative_ttl: f.number({
      required: true,
      default: 0,
      between: [0, 3600],
      description: 'The same for answers that refuse.',
    }),
    cache_headers: f.set(f.string({ check: headerName }), {
      description:
        'Fields by which requests are told apart for that. Without it, all of `request_headers`: leave one out only if no answer depends on it.',
    }),
    cache_by: f.set(f.string({ one_of: REQUEST_PARTS }), {
      required: true,
      default: [...REQUEST_PARTS],
      description: 'What else of requests they are told apart by.',
    }),
    ...peerFields,
    anonymous: f.string({
      description:
        'Id or username of a consumer as which requests go on that are refused. Without it they are answered.',
    }),
    run_on_preflight: f.boolean({
      required: true,
      default: true,
      description: 'Whether it is asked for `OPTIONS` requests too.',
    }),
  },
  { required: true },
);

export const externalAuthChecks: readonly EntityCheck[] = [
  {
    custom: ({ config }) => {
      const { allow_statuses: allowed, refuse_statuses: refused } = (config ??
        {}) as Partial<ExternalAuthConfig>;
      const both = (allowed ?? []).find((status) => Object.hasOwn(refused ?? {}, String(status)));
      if (both === undefined) return undefined;
      return { field: 'config.refuse_statuses', message: `${both} is one of 'allow_statuses' too` };
    },
    reads: ['config'],
  },
];

import type { AbsentFields } from '../../plugin/plugin.ts';
import { f } from '../../plugin/plugin.ts';
import type { InferRecord } from '../../plugin/plugin.ts';

const absent: readonly AbsentFields[] = [
  {
    fields: { cache_ttl: 60, cert_cache_ttl: 60_000 },
    advice: 'nothing is kept that could be out of date, so leave it out',
  },
  {
    fields: {
      http_timeout: 30_000,
      http_proxy_host: null,
      http_proxy_port: null,
      https_proxy_host: null,
      https_proxy_port: null,
    },
    advice: 'it is for asking whether certificates are revoked, which nobody is asked',
  },
  {
    fields: { send_ca_dn: false },
    advice: 'clients are always told which authorities they are asked for, so leave it out',
  },
];

export type MtlsAuthConfig = InferRecord<typeof mtlsAuthConfig>;

export const mtlsAuthConfig = f.record(
  {
    ca_certificates: f.array(f.string({ uuid: true }), {
      required: true,
      len_min: 1,
      description:
        'Ids of the `ca_certificates` that may vouch for clients. A certificate that none of them vouches for is refused.',
    }),
    skip_consumer_lookup: f.boolean({
      required: true,
      default: false,
      description:
        'Whether every client with a valid certificate passes, without a consumer. Services find `X-Client-Cert-DN` and `X-Client-Cert-SAN` then.',
    }),
    consumer_by: f.array(f.string({ one_of: ['username', 'custom_id'] }), {
      required: true,
      default: ['username', 'custom_id'],
      description:
        'What of a consumer a name in the certificate is, tried in this order. The subject’s alternative names are looked up first, then its common name.',
    }),
    default_consumer: f.string({
      description:
        'Id or username of the consumer that a valid certificate stands for which names none.',
    }),
    anonymous: f.string({
      description:
        'Id or username of a consumer as which requests without a valid certificate go on. Without it they are answered with 401.',
    }),
    authenticated_group_by: f.string({
      one_of: ['CN', 'DN'],
      default: 'CN',
      description:
        'With `skip_consumer_lookup`, the group that a client is in for `acl`: its common name, or its whole distinguished name.',
    }),
    allow_partial_chain: f.boolean({
      required: true,
      default: false,
      description:
        'Whether a chain may end at one of `ca_certificates` that is an intermediate, without its root.',
    }),
    revocation_check_mode: f.string({
      required: true,
      one_of: ['SKIP'],
      err: 'expected one of: SKIP, since revocation is not checked',
      default: 'SKIP',
      description:
        'Revocation lists and OCSP are not looked at. Kong’s `IGNORE_CA_ERROR` and `STRICT` are refused, since they would promise more.',
    }),
  },
  { required: true, absent },
);

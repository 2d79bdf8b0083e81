import { host } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';
import { flag, when } from './parts/fields.ts';

export const ldapAuth = knownPlugin({
  name: 'ldap-auth',
  priority: 1200,
  forbids: ['consumer'],
  config: f.record(
    {
      ldap_host: f.string({ required: true, check: host }),
      ldap_port: f.integer({ required: true, default: 389, between: [0, 65_535] }),
      ldaps: flag(false),
      start_tls: flag(false),
      verify_ldap_host: flag(false),
      base_dn: f.string({ required: true }),
      attribute: f.string({ required: true }),
      cache_ttl: f.number({ required: true, default: 60 }),
      hide_credentials: flag(false),
      timeout: f.number({ default: 10_000 }),
      keepalive: f.number({ default: 60_000 }),
      anonymous: f.string(),
      header_type: f.string({ default: 'ldap' }),
      realm: f.string(),
    },
    {
      checks: [
        when(
          'ldaps',
          { eq: true },
          'start_tls',
          { eq: false },
          "'ldaps' and 'start_tls' cannot be enabled simultaneously",
        ),
      ],
    },
  ),
});

import type { AbsentFields } from '../../../plugin/plugin.ts';

/** The fields of Kong's plugin that are missing here, with what to do in place of each. */
export const absent: readonly AbsentFields[] = [
  {
    fields: {
      session_storage: 'cookie',
      session_hash_storage_key: false,
      session_store_metadata: false,
      session_memcached_host: '127.0.0.1',
      session_memcached_port: 11211,
      session_memcached_prefix: null,
      session_memcached_socket: null,
      redis: null,
    },
    advice: 'sessions are kept in cookies, and nowhere else',
  },
  {
    fields: { cluster_cache_strategy: 'off', cluster_cache_redis: null },
    advice: 'every node asks the provider for itself, so leave it out',
  },
  {
    fields: {
      client_jwk: null,
      client_alg: null,
      tls_client_auth_cert_id: null,
      tls_client_auth_ssl_verify: true,
      mtls_token_endpoint: null,
    },
    advice: 'the provider knows the application by its secret (client_secret, client_auth)',
  },
  {
    fields: {
      introspection_endpoint: null,
      introspection_endpoint_auth_method: null,
      introspection_hint: 'access_token',
      introspection_accept: 'application/json',
      introspection_check_active: true,
      introspection_token_param_name: 'token',
      introspect_jwt_tokens: false,
      cache_introspection: true,
      mtls_introspection_endpoint: null,
      upstream_introspection_header: null,
      upstream_introspection_jwt_header: null,
      downstream_introspection_header: null,
      downstream_introspection_jwt_header: null,
    },
    advice: 'tokens are introspected by the plugin oauth2-introspection',
  },
  {
    fields: {
      userinfo_endpoint: null,
      userinfo_accept: 'application/json',
      search_user_info: false,
      cache_user_info: true,
      upstream_user_info_header: null,
      upstream_user_info_jwt_header: null,
      downstream_user_info_header: null,
      downstream_user_info_jwt_header: null,
    },
    advice: 'claims are those of the ID token, or of the bearer token; nobody is asked for more',
  },
  {
    fields: { token_exchange_endpoint: null, cache_token_exchange: true },
    advice: 'tokens are not exchanged for others',
  },
  {
    fields: {
      verify_parameters: false,
      verify_nonce: true,
      verify_claims: true,
      verify_signature: true,
      ignore_signature: [],
      enable_hs_signatures: false,
    },
    advice: 'tokens are always verified in full, with public keys',
  },
  {
    fields: {
      proof_of_possession_mtls: 'off',
      proof_of_possession_dpop: 'off',
      proof_of_possession_auth_methods_validation: true,
      dpop_proof_lifetime: 300,
      dpop_use_nonce: false,
    },
    advice: 'bearer tokens count for whoever has them; mtls-auth beside it asks for a certificate',
  },
  {
    fields: {
      require_proof_key_for_code_exchange: true,
      require_pushed_authorization_requests: false,
      require_signed_request_object: false,
      pushed_authorization_request_endpoint: null,
      response_mode: 'query',
      response_type: ['code'],
    },
    advice: 'users are logged in with an authorization code and PKCE, and in no other way',
  },
  {
    fields: {
      http_proxy: null,
      http_proxy_authorization: null,
      https_proxy: null,
      https_proxy_authorization: null,
      no_proxy: null,
      http_version: 1.1,
    },
    advice: 'the provider is asked directly',
  },
];

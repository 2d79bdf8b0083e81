import type { EntityCheck } from './schema/field.ts';

/** What a request can be hashed by. */
export const hashSources = [
  'none',
  'consumer',
  'ip',
  'header',
  'cookie',
  'path',
  'query_arg',
  'uri_capture',
] as const;

function needs(if_field: string, source: string, then_field: string): EntityCheck {
  return {
    conditional: {
      if_field,
      if_match: { eq: source },
      then_field,
      then_match: { required: true },
    },
  };
}

function fallbacks(source: string, one_of: readonly string[]): EntityCheck {
  return {
    conditional: {
      if_field: 'hash_on',
      if_match: { eq: source },
      then_field: 'hash_fallback',
      then_match: { one_of },
    },
  };
}

/** What each source of the hash needs, and which other it may fall back to. */
export const hashRules: readonly EntityCheck[] = [
  needs('hash_on', 'header', 'hash_on_header'),
  needs('hash_fallback', 'header', 'hash_fallback_header'),
  needs('hash_on', 'cookie', 'hash_on_cookie'),
  needs('hash_fallback', 'cookie', 'hash_on_cookie'),
  fallbacks('none', ['none']),
  fallbacks('cookie', ['none']),
  fallbacks('consumer', ['none', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']),
  fallbacks('ip', ['none', 'consumer', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']),
  fallbacks('path', ['none', 'consumer', 'header', 'cookie', 'query_arg', 'ip', 'uri_capture']),
  { distinct: ['hash_on_header', 'hash_fallback_header'] },
  needs('hash_on', 'query_arg', 'hash_on_query_arg'),
  needs('hash_fallback', 'query_arg', 'hash_fallback_query_arg'),
  { distinct: ['hash_on_query_arg', 'hash_fallback_query_arg'] },
  needs('hash_on', 'uri_capture', 'hash_on_uri_capture'),
  needs('hash_fallback', 'uri_capture', 'hash_fallback_uri_capture'),
  { distinct: ['hash_on_uri_capture', 'hash_fallback_uri_capture'] },
];

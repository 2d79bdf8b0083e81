import { type Kind, ValueError } from './kinds.ts';
import { items } from './network-kinds.ts';
import type { ResponseHeaders } from './node-settings.ts';

const none: ResponseHeaders = {
  server: false,
  via: false,
  upstreamLatency: false,
  proxyLatency: false,
  responseLatency: false,
  upstreamStatus: false,
  requestId: false,
};

/** What each word of Kong's `headers` setting switches on; `x-sluice-*` is folded into `x-kong-*`. */
const words: readonly (readonly [word: string, keys: readonly (keyof ResponseHeaders)[]])[] = [
  ['server_tokens', ['server', 'via']],
  ['latency_tokens', ['upstreamLatency', 'proxyLatency', 'responseLatency']],
  ['Server', ['server']],
  ['Via', ['via']],
  ['X-Kong-Upstream-Latency', ['upstreamLatency']],
  ['X-Kong-Proxy-Latency', ['proxyLatency']],
  ['X-Kong-Response-Latency', ['responseLatency']],
  ['X-Kong-Upstream-Status', ['upstreamStatus']],
  ['X-Kong-Request-Id', ['requestId']],
];

/** Which response headers the gateway adds: Kong's words, `X-Sluice-*` spellings, or `off`. */
export function responseHeaders(): Kind<ResponseHeaders> {
  return {
    placeholder: 'HEADER,…|off',
    notation: `comma-separated out of ${words.map(([word]) => `\`${word}\``).join(', ')}; or \`off\``,
    isList: true,
    parse(text) {
      const result = { ...none };
      const given = items(text);
      if (given.length === 1 && given[0]?.toLowerCase() === 'off') return result;
      for (const item of given) {
        const name = item.toLowerCase().replace(/^x-sluice-/, 'x-kong-');
        const found = words.find(([word]) => word.toLowerCase() === name);
        if (found === undefined) {
          throw new ValueError(
            name === 'off'
              ? 'names headers beside "off"'
              : `has an unknown header "${item}"; known are ${words.map(([word]) => word).join(', ')}, off`,
          );
        }
        for (const key of found[1]) result[key] = true;
      }
      return result;
    },
    format: formatResponseHeaders,
  };
}

function formatResponseHeaders(value: ResponseHeaders): string {
  const left = new Set(Object.entries(value).flatMap(([key, wanted]) => (wanted ? [key] : [])));
  const named: string[] = [];
  for (const [word, keys] of words) {
    if (!keys.every((key) => left.has(key))) continue;
    named.push(word);
    for (const key of keys) left.delete(key);
  }
  return named.length === 0 ? 'off' : named.join(',');
}

/** Whether the request id goes upstream, in the words of Kong's `headers_upstream`. */
export function upstreamHeaders(): Kind<boolean> {
  return {
    placeholder: 'X-Kong-Request-Id|off',
    notation: '`X-Kong-Request-Id` or `off`',
    parse(text) {
      const name = text.toLowerCase().replace(/^x-sluice-/, 'x-kong-');
      if (name === 'off') return false;
      if (name === 'x-kong-request-id') return true;
      throw new ValueError('is neither X-Kong-Request-Id nor off');
    },
    format: (value) => (value ? 'X-Kong-Request-Id' : 'off'),
  };
}

import type { OpenidConfig } from './schema/schema.ts';

/** What a request to a token endpoint carries to prove which application it is from. */
export interface ClientAuthentication {
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param offered the ways that the provider says it takes; empty where it says nothing */
export function clientAuthentication(
  config: OpenidConfig,
  offered: readonly string[],
): ClientAuthentication {
  const id = config.client_id?.[0] ?? '';
  const secret = config.client_secret?.[0] ?? null;
  const way = config.client_auth?.[0] ?? usualWay(offered);
  if (secret === null || way === 'none') return { fields: { client_id: id }, headers: {} };
  if (way === 'client_secret_post') {
    return { fields: { client_id: id, client_secret: secret }, headers: {} };
  }
  const pair = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64');
  return { fields: {}, headers: { Authorization: `Basic ${pair}` } };
}

/** A provider that says nothing takes this one (OpenID Connect Discovery, section 3). */
function usualWay(offered: readonly string[]): 'client_secret_basic' | 'client_secret_post' {
  const onlyPost =
    offered.includes('client_secret_post') && !offered.includes('client_secret_basic');
  return onlyPost ? 'client_secret_post' : 'client_secret_basic';
}

/** As forms are encoded (RFC 6749, section 2.3.1). */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

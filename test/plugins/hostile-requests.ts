import { createHmac } from 'node:crypto';
import fc from 'fast-check';

/** A request as somebody sends it who tries what happens. */
export interface HostileRequest {
  readonly method: string;
  /** Behind the path of the route: more of the path, and a query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whatever a value of a field may consist of; clients put everything else into bytes of these. */
const fieldText = fc
  .string({
    unit: fc
      .oneof(
        { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
        { weight: 1, arbitrary: fc.constantFrom(0x22, 0x2c, 0x2e, 0x3a, 0x3d, 0x25, 0x5c) },
        { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xff }) },
      )
      .map((code) => String.fromCharCode(code)),
    maxLength: 120,
  })
  .map((text) => text.trim());

const base64 = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
const json = fc.json({ maxDepth: 3 }).map((text) => text.slice(0, 400));
/** What is a number, a place or a name elsewhere, and may be anything here. */
const odd = fc.constantFrom(
  '',
  '0',
  '-1',
  '1e309',
  'null',
  '__proto__',
  'constructor',
  '{}',
  '%00',
);
const word = fc.oneof(
  fieldText,
  odd,
  json,
  fc.string({ minLength: 300, maxLength: 2000 }).map(asField),
);

function asField(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').trim();
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Takes something out of a text, doubles it, or puts something else in its place. */
export function damaged(valid: string): fc.Arbitrary<string> {
  const place = fc.nat(valid.length);
  return fc
    .oneof(
      place.map((at) => valid.slice(0, at)),
      place.map((at) => valid.slice(at)),
      fc.tuple(place, fieldText).map(([at, text]) => valid.slice(0, at) + text + valid.slice(at)),
      fc.tuple(place, place).map(([a, b]) => valid.slice(0, a) + valid.slice(b)),
      fc.constant(`${valid},${valid}`),
      fc.constant(`${valid} ${valid}`),
      fc.constant(valid.toUpperCase()),
    )
    .map((text) => asField(text));
}

const plain: HostileRequest = { method: 'GET', target: '', headers: {}, body: '' };

function withHeaders(headers: fc.Arbitrary<Record<string, string>>): fc.Arbitrary<HostileRequest> {
  return headers.map((each) => ({ ...plain, headers: each }));
}

function field(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<HostileRequest> {
  return withHeaders(value.map((text) => ({ [name]: text })));
}

function argument(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<HostileRequest> {
  const query = fc.oneof(
    value.map((text) => `?${name}=${encodeURIComponent(text)}`),
    value.map((text) => `?${name}=${encodeURIComponent(text)}&${name}=x`),
    fc.constantFrom(`?${name}`, `?${name}=%ff`, `?${name}=%`, `?${name}[]=1`, `?&&=&${name}=+`),
  );
  return query.map((target) => ({ ...plain, target }));
}

function posted(types: readonly string[], name: string): fc.Arbitrary<HostileRequest> {
  const content = fc.oneof(
    json,
    fc.string(),
    word.map((text) => `${name}=${text}`),
    word.map((text) => JSON.stringify({ [name]: [text, { [name]: text }] })),
    word.map(
      (text) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n--x`,
    ),
  );
  return fc.tuple(fc.constantFrom(...types), content).map(([type, body]) => ({
    ...{ method: 'POST', target: '', body },
    headers: { 'content-type': type },
  }));
}

const BODIES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data; boundary=',
  'multipart/form-data',
  'text/plain; charset=',
];

/** Keys that are none. */
export const hostileKeys = fc.oneof(
  field('apikey', word),
  argument('apikey', word),
  posted(BODIES, 'apikey'),
);

/** Names with passwords that are none, or not those of `ada:lovelace`. */
export const hostileLogins = fc
  .oneof(
    word,
    word.map((text) => `Basic ${text}`),
    base64.map((raw) => `Basic ${raw.toString('base64')}`),
    fc.tuple(word, word).map(([a, b]) => `Basic ${bytes(`${a}:${b}`).toString('base64')}`),
    damaged('ada:lovelac').map((text) => `basic ${bytes(text).toString('base64')}`),
    word.map((text) => `Basic ${bytes(`ada:${text}`).toString('base64url')}`),
  )
  // In HTTP/2 a space at the end of a value is not even a request.
  .map((value) => value.trim())
  .chain((value) =>
    fc.constantFrom(
      { ...plain, headers: { authorization: value } },
      { ...plain, headers: { 'proxy-authorization': value } },
      { ...plain, headers: { authorization: value, 'proxy-authorization': 'Basic' } },
    ),
  );

const signature = 'hmac username="ada", algorithm="hmac-sha256", headers="date", signature="c2ln"';
const parameters = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('username', 'algorithm', 'headers', 'signature', 'keyId'), word),
      fc.oneof(word, fc.constantFrom('ada', 'hmac-sha256', 'date', '@request-target', 'none')),
    ),
    { maxLength: 6 },
  )
  .map((pairs) => `hmac ${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}`)
  .map(asField);

/** Signatures that are none. */
export const hostileSignatures = withHeaders(
  fc
    .tuple(
      fc.oneof(word, damaged(signature), parameters),
      fc.oneof(word, fc.constant(new Date(0).toUTCString())),
      fc.oneof(
        word,
        base64.map((raw) => `SHA-256=${raw.toString('base64')}`),
      ),
    )
    .map(([authorization, date, digest]) => ({ authorization, date, digest })),
);

function segment(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  );
}

function signed(header: unknown, payload: unknown, secret: string): string {
  const text = `${segment(header)}.${segment(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const algorithms = fc.constantFrom('HS256', 'none', 'RS256', 'ES256', 'EdDSA', 'hs256', '', 'HS1');
const claims = fc.oneof(
  json,
  fc.record({
    iss: fc.oneof(fc.constantFrom<unknown>('ada', 7, null, ['ada'], {}, true), word),
    exp: fc.constantFrom<unknown>(1, 'soon', null, 9e99, {}, -1),
    nbf: fc.constantFrom<unknown>(1, 'never', null, 9e15),
    kid: word,
  }),
);

/** Tokens that are none, and those that nobody has signed who may. */
export const hostileTokens = fc.oneof(
  word,
  fc.tuple(word, word, word).map((parts) => parts.join('.')),
  fc
    .tuple(base64, base64, base64)
    .map((raws) => raws.map((raw) => raw.toString('base64url')).join('.')),
  fc
    .tuple(algorithms, claims)
    .map(([alg, payload]) => signed({ alg, typ: 'JWT' }, payload, 'guess')),
  fc.tuple(json, claims).map(([header, payload]) => signed(header, payload, '')),
  damaged(signed({ alg: 'HS256', jku: 'http://127.0.0.1:1/' }, { iss: 'ada' }, 'guess')),
);

export const hostileBearers = fc.oneof(
  field(
    'authorization',
    hostileTokens.map((token) => asField(`Bearer ${token}`)),
  ),
  field('authorization', word),
);

export const hostileJwts = fc.oneof(hostileBearers, argument('jwt', hostileTokens));

/** Cookies of sessions that nobody has begun. */
export function hostileCookies(names: readonly string[]): fc.Arbitrary<HostileRequest> {
  const value = fc.oneof(
    word,
    base64.map((raw) => raw.toString('base64url')),
    fc.tuple(odd, base64).map(([a, b]) => `${a}.${b.toString('base64url')}`),
  );
  const cookie = fc.tuple(fc.constantFrom(...names), value).map((pair) => pair.join('='));
  return field(
    'cookie',
    fc.array(cookie, { minLength: 1, maxLength: 4 }).map((all) => asField(all.join('; '))),
  );
}

/** Answers of a provider that has asked nothing. */
export function hostileCallbacks(path: string): fc.Arbitrary<HostileRequest> {
  const value = word.map(encodeURIComponent);
  return fc
    .tuple(value, value, fc.constantFrom('code', 'error', 'iss', 'state'))
    .map(([state, code, extra]) => `${path}?state=${state}&code=${code}&${extra}=${code}`)
    .map((target) => ({ ...plain, target: target.slice(0, 4000).replace(/%.?$/, '') }));
}

/** Says of itself what only a gateway may. */
export const hostileIdentities = withHeaders(
  word.map((value) => ({
    'x-client-cert': value,
    'x-forwarded-client-cert': value,
    'x-consumer-username': value,
    'x-credential-identifier': value,
    'x-forwarded-proto': 'https',
  })),
);

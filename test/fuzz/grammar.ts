import type { Random } from './random.ts';

/** A message in the parts that mutations exchange; `render` joins them. Text is latin1. */
export interface Message {
  /** Request line or status line, without its end. */
  start: string;
  /** Whole field lines, without their ends. */
  fields: string[];
  /** What follows the empty line, as it stands on the wire. */
  body: string;
}

const TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
const VISIBLE = `${TOKEN}()<>@,;:\\"/[]?={}`;
const OBS_TEXT = 'äöü\x80\xa0\xff';
const PATH = "abcXYZ019-._~!$&'()*+,;=:@";

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'REPORT'];
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'OPTIONS'];
const PLAIN_NAMES = ['Accept', 'User-Agent', 'Cookie', 'X-Trace', 'Accept-Encoding', 'Referer'];
const LAST_CHUNKS = ['0', '0', '0', '00', '0;last'];
const EXTENSIONS = ['', '', '', ';name', ';name=value', ';name="a quoted \\" value"', ';a=1;b=2'];

/** Joins a message as RFC 9112 writes it. */
export function render(message: Message): string {
  return `${[message.start, ...message.fields].join('\r\n')}\r\n\r\n${message.body}`;
}

/** One to three requests that RFC 9112 allows, in the order in which they go over one connection. */
export function validRequests(random: Random): Message[] {
  const count = random.pick([1, 1, 2, 3]);
  return Array.from({ length: count }, (_, index) => validRequest(random, index === count - 1));
}

/** @param last whether the connection may end after it */
function validRequest(random: Random, last: boolean): Message {
  const minor = last && random.chance(0.1) ? 0 : 1;
  const framing = random.pick(['none', 'none', 'length', minor === 1 ? 'chunked' : 'length']);
  const method = random.pick(framing === 'none' ? METHODS : METHODS_WITH_BODY);
  const fields = plainFields(random);
  if (minor === 1 || random.chance(0.8))
    insert(random, fields, `Host:${space(random)}${host(random)}`);
  if (last && random.chance(0.1)) insert(random, fields, 'Connection: close');
  else if (random.chance(0.1))
    insert(random, fields, `Connection: ${random.anyCase('keep-alive')}`);
  if (random.chance(0.05)) insert(random, fields, `TE: trailers`);
  const body = framedBody(random, framing, fields);
  if (body !== '' && minor === 1 && random.chance(0.1)) {
    insert(random, fields, `Expect: ${random.anyCase('100-continue')}`);
  }
  return { start: `${method} ${target(random)} HTTP/1.${minor}`, fields, body };
}

/** One response that RFC 9112 allows, with the interim ones before it. */
export function validResponses(random: Random): Message[] {
  const interim = Array.from({ length: random.pick([0, 0, 0, 1, 2]) }, () => ({
    start: `HTTP/1.1 ${random.pick(['100 Continue', '102 Processing', '103 Early Hints'])}`,
    fields: plainFields(random),
    body: '',
  }));
  const status = random.pick([200, 200, 201, 204, 206, 301, 304, 404, 500, 503, 599]);
  const minor = interim.length === 0 && random.chance(0.1) ? 0 : 1;
  const fields = plainFields(random);
  const framing = random.pick(['none', 'length', minor === 1 ? 'chunked' : 'length', 'close']);
  const bodiless = status === 204 || status === 304;
  let body = bodiless ? '' : framedBody(random, framing, fields);
  if (bodiless && status === 304 && random.chance(0.3))
    insert(random, fields, 'Content-Length: 77');
  if (!bodiless && (framing === 'close' || framing === 'none')) body = data(random);
  if (random.chance(0.2))
    insert(random, fields, `Connection: ${random.pick(['close', 'keep-alive'])}`);
  const reason = random.pick(['OK', 'Some Reason', '', 'na\xefve', 'a\tb']);
  return [...interim, { start: `HTTP/1.${minor} ${status} ${reason}`, fields, body }];
}

function framedBody(random: Random, framing: string, fields: string[]): string {
  if (framing === 'length') {
    const body = random.chance(0.2) ? '' : data(random);
    const name = random.anyCase('Content-Length');
    insert(random, fields, `${name}:${space(random)}${body.length}${trailingSpace(random)}`);
    return body;
  }
  if (framing !== 'chunked') return '';
  const name = random.anyCase('Transfer-Encoding');
  insert(random, fields, `${name}:${space(random)}${random.anyCase('chunked')}`);
  let body = '';
  for (let i = random.below(4); i > 0; i--) body += chunk(random, data(random));
  body += `${random.pick(LAST_CHUNKS)}\r\n`;
  for (let i = random.pick([0, 0, 0, 1, 2]); i > 0; i--) body += `${plainField(random)}\r\n`;
  return `${body}\r\n`;
}

function chunk(random: Random, bytes: string): string {
  const size = bytes.length.toString(16);
  const digits = random.chance(0.1) ? size.padStart(8, '0') : random.anyCase(size);
  return `${digits}${random.pick(EXTENSIONS)}\r\n${bytes}\r\n`;
}

/** Body bytes: text, and now and then what looks like framing or another request. */
export function data(random: Random): string {
  const baits = [
    '\r\n\r\n',
    '0\r\n\r\n',
    'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'a',
  ];
  if (random.chance(0.3)) return random.pick(baits);
  return random.text(`${VISIBLE} \r\n\0${OBS_TEXT}`, random.pick([1, 5, 20, 100, 400]));
}

function plainFields(random: Random): string[] {
  return Array.from({ length: random.below(5) }, () => plainField(random));
}

function plainField(random: Random): string {
  const name = random.chance(0.7)
    ? random.anyCase(random.pick(PLAIN_NAMES))
    : `X-${random.text(TOKEN, random.between(1, 12))}`;
  return `${name}:${space(random)}${fieldValue(random)}${trailingSpace(random)}`;
}

function fieldValue(random: Random): string {
  const length = random.pick([0, 1, 8, 8, 8, 60]);
  const obsolete = random.chance(0.1) ? OBS_TEXT : '';
  return random.text(`${VISIBLE} \t${obsolete}`, length);
}

function space(random: Random): string {
  return random.pick([' ', ' ', ' ', '', '\t', '  ']);
}

function trailingSpace(random: Random): string {
  return random.pick(['', '', '', ' ', '\t ']);
}

function host(random: Random): string {
  return random.pick(['a.test', 'example.test:8080', '127.0.0.1', '[::1]:80', 'a_b']);
}

function target(random: Random): string {
  const path = `/${random.text(PATH, random.below(12))}${random.pick(['', '/x%20y', '//z', '/a/b'])}`;
  const query = random.pick(['', '', '?', `?q=${random.text(PATH, 5)}`]);
  const form = random.pick(['', '', '', '', 'http://abs.test', 'HTTP://abs.test:81', 'https://h']);
  return `${form}${path}${query}`;
}

function insert(random: Random, fields: string[], line: string): void {
  fields.splice(random.below(fields.length + 1), 0, line);
}

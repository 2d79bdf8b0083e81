import { data, render, type Message } from './grammar.ts';
import type { Random } from './random.ts';

/** What parsers have disagreed about before: framing fields in every odd form. */
const FRAMING = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: +5',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Content-Length: 5 5',
  'Content-Length: 0x5',
  'Content-Length: 05',
  'Content-Length: ',
  'Content-Length: 5,',
  'Content-Length: 18446744073709551616',
  'Content-Length: 99999999999999999999999',
  'Content-Length : 5',
  'Content_Length: 5',
  'Content-Length:\x0b5',
  'Content-Length:\xa05',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: chunked,',
  'Transfer-Encoding: ,chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunkedx',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding:\tchunked\t',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding : chunked',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding:',
  'Transfer-Encoding',
  ' Transfer-Encoding: chunked',
  'X: y\r\n Transfer-Encoding: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'TE: chunked',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: Content-Length',
  'Connection: Transfer-Encoding, close',
  'Connection: upgrade',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: 100-continue, 100-continue',
  'Expect: something',
  'Host: other.test',
  'Host: a b',
  'Host: a/b',
  'Host: user@a',
  'Host:',
  'HTTP/1.1 200 OK',
  'Trailer: Content-Length',
];

const FIRST_LINES = [
  'GET  / HTTP/1.1',
  'GET /  HTTP/1.1',
  'GET\t/ HTTP/1.1',
  ' GET / HTTP/1.1',
  'GET / HTTP/1.1 ',
  'GET / HTTP/1.2',
  'GET / HTTP/1.9',
  'GET / HTTP/1.10',
  'GET / HTTP/01.1',
  'GET / HTTP/2.0',
  'GET / HTTP/0.9',
  'GET / http/1.1',
  'GET / HTTPS/1.1',
  'GET / ICE/1.0',
  'GET / RTSP/1.0',
  'GET /',
  'GET * HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT a.test:443 HTTP/1.1',
  'CONNECT / HTTP/1.1',
  'TRACE / HTTP/1.1',
  'PRI * HTTP/2.0',
  'SOURCE / HTTP/1.1',
  'get / HTTP/1.1',
  'FOO / HTTP/1.1',
  'G(T / HTTP/1.1',
  'GET a.test HTTP/1.1',
  'GET //a HTTP/1.1',
  'GET /\xe4 HTTP/1.1',
  'GET /a#b HTTP/1.1',
  'GET /%00 HTTP/1.1',
  'GET /%zz HTTP/1.1',
  'GET /../.. HTTP/1.1',
  'GET /[|]{}^`"<>\\ HTTP/1.1',
  'GET http:// HTTP/1.1',
  'GET http://u@h/ HTTP/1.1',
  'GET http://h:99999/ HTTP/1.1',
  'GET http://[::1]/ HTTP/1.1',
  'GET ftp://h/ HTTP/1.1',
  'GET http:/h HTTP/1.1',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200',
  'HTTP/1.1 200\tOK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 099 OK',
  'HTTP/1.1 99 OK',
  'HTTP/1.1 101 Switching Protocols',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 999 Odd',
  'HTTP/1.2 200 OK',
  'HTTP/2.0 200 OK',
  'HTTP/1 200 OK',
  'HTTP/1.10 200 OK',
  'ICY 200 OK',
];

const CHUNK_ENDS = ['\n', '\r', '\r\r\n', '', ' \r\n', '\t\r\n', '\r\n\r\n', '\n\r\n'];
const CHUNK_LINES = [
  '0x5',
  '+5',
  '-5',
  ' 5',
  '5 ',
  '5\t',
  '5;',
  '5;a',
  '5 ;a',
  '5; a',
  '5;a =b',
  '5;a= b',
  '5;a=',
  '5;=b',
  '5;a="b',
  '5;a="b"c',
  '5;a="\\"',
  '5;;a',
  '5;a\x7f',
  '5;\xe4',
  '5,5',
  '5_5',
  '5h',
  '5.0',
  '',
  '00000000000000005',
  '0000000000000000000000000000000005',
  'ffffffffffffffff',
  '10000000000000005',
  '7fffffffffffffff',
  '1fffffffffffff',
  '20000000000000',
];

const ODD_CHARACTERS = [
  ...['\0', '\x01', '\b', '\t', '\n', '\v', '\f', '\r', '\x1f', ' ', '!', '"', '#', '(', ')', ','],
  ...['/', ':', ';', '=', '@', '[', '\\', ']', '_', '{', '|', '}', '\x7f', '\x80', '\x85', '\xa0'],
  ...['\xff', '0', '9', 'a', 'F', 'Z', '%', '\r\n', '\r\n\r\n', '\n\n', '\r\r', '\r\n ', '\n\t'],
];

type StructureMutation = (random: Random, messages: Message[]) => void;

const changeMessage: readonly ((random: Random, message: Message) => void)[] = [
  function addFraming(random, { fields }) {
    for (let i = random.pick([1, 1, 2]); i > 0; i--) {
      fields.splice(random.below(fields.length + 1), 0, random.pick(FRAMING));
    }
  },
  function replaceFramingValue(random, { fields }) {
    const index = fields.findIndex((line) => /^(content-length|transfer-encoding):/i.test(line));
    if (index >= 0) fields[index] = random.pick(FRAMING);
  },
  function changeLength(random, { fields }) {
    const index = fields.findIndex((line) => /^content-length:/i.test(line));
    const line = fields[index];
    if (line === undefined) return;
    const length = Number(line.slice(15).trim()) + random.pick([-2, -1, 1, 2, 10]);
    fields[index] = `Content-Length: ${Math.max(0, length)}`;
  },
  function duplicateField(random, { fields }) {
    if (fields.length > 0) fields.splice(random.below(fields.length), 0, random.pick(fields));
  },
  function dropField(random, { fields }) {
    fields.splice(random.below(fields.length + 1), 1);
  },
  function foldField(random, { fields }) {
    const index = random.below(fields.length);
    const line = fields[index];
    if (line !== undefined)
      fields[index] = line.replace(/:\s*/, `:\r\n${random.pick([' ', '\t'])}`);
  },
  function spaceBeforeColon(random, { fields }) {
    const index = random.below(fields.length);
    const line = fields[index];
    if (line !== undefined) fields[index] = line.replace(':', `${random.pick([' ', '\t', '\0'])}:`);
  },
  function changeFirstLine(random, message) {
    message.start = random.pick(FIRST_LINES);
  },
  function manyFields(random, { fields }) {
    const count = random.pick([95, 101, 150]);
    for (let i = 0; i < count; i++) fields.push(`F${i}: ${i}`);
  },
  function changeChunkLine(random, message) {
    const lines = [...message.body.matchAll(/(^|\r\n)([0-9A-Fa-f]+)(;[^\r\n]*)?\r\n/g)];
    if (lines.length === 0) return;
    const line = random.pick(lines);
    const start = line.index + line[1]!.length;
    const size = random.chance(0.5) ? random.pick(CHUNK_LINES).replace('5', line[2]!) : line[2]!;
    const end = random.chance(0.3) ? random.pick(CHUNK_ENDS) : '\r\n';
    const rest = message.body.slice(line.index + line[0].length);
    message.body = message.body.slice(0, start) + size + end + rest;
  },
  function addTrailer(random, message) {
    const line = random.pick(FRAMING);
    message.body = message.body.replace(/\r\n\r\n$/, `\r\n${line.replaceAll('$', '')}\r\n\r\n`);
  },
  function changeBody(random, message) {
    message.body = random.chance(0.5) ? data(random) : message.body + data(random);
  },
];

const changeAll: readonly StructureMutation[] = [
  function swapBodies(random, messages) {
    const one = random.pick(messages);
    const other = random.pick(messages);
    [one.body, other.body] = [other.body, one.body];
  },
  function repeatMessage(random, messages) {
    const one = random.pick(messages);
    if (messages.length < 5) messages.push({ ...one, fields: [...one.fields] });
  },
];

/** Changes messages one to three times, then now and then their bytes. */
export function mutate(random: Random, messages: Message[]): string {
  for (let i = random.pick([0, 1, 1, 1, 2, 3]); i > 0; i--) {
    if (random.chance(0.1)) random.pick(changeAll)(random, messages);
    else random.pick(changeMessage)(random, random.pick(messages));
  }
  let text = messages.map((message) => renderOddly(random, message)).join('');
  if (random.chance(0.1)) text = random.pick(['\r\n', '\n', '\r', '\r\n\r\n', ' ', '\0']) + text;
  for (let i = random.pick([0, 0, 0, 1, 1, 2, 4]); i > 0; i--) text = changeBytes(random, text);
  return text;
}

/** Usually with CRLF everywhere; sometimes one line, or every line, ends otherwise. */
function renderOddly(random: Random, message: Message): string {
  const text = render(message);
  if (random.chance(0.93)) return text;
  const end = random.pick(['\n', '\r', '\r\r\n', '\n\r', ' \r\n', '\0\r\n']);
  const head = text.slice(0, text.length - message.body.length);
  const ends = [...head.matchAll(/\r\n/g)];
  const changed = random.chance(0.3) ? ends : [random.pick(ends)];
  let result = head;
  for (const { index } of changed.toReversed()) {
    result = result.slice(0, index) + end + result.slice(index + 2);
  }
  return result + message.body;
}

function changeBytes(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const run = random.pick([1, 1, 1, 2, 5, 30]);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + run);
    case 1:
      return text.slice(0, at) + random.pick(ODD_CHARACTERS) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(ODD_CHARACTERS) + text.slice(at + 1);
    case 3:
      return text.slice(0, at + run) + text.slice(at);
    default: {
      const code = text.charCodeAt(at) ^ (1 << random.below(8));
      return text.slice(0, at) + String.fromCharCode(code & 0xff) + text.slice(at + 1);
    }
  }
}

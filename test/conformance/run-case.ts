import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { show } from '../support/byte-stream.ts';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import type { OriginExchange, OriginHandler } from '../support/origin.ts';
import type { RawClient } from '../support/raw-client.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';
import {
  toBytes,
  toList,
  type Answer,
  type Case,
  type ExpectedRequest,
  type ExpectedResponse,
} from './case.ts';

/** A request with this target shows whether a connection still serves; no case uses it. */
const probe = '/is-this-connection-open';

/** Lines that the gateway adds to every request. */
const ownLine =
  /^(via|x-forwarded-[a-z]+|x-real-ip|x-sluice-request-id):|^connection: keep-alive$/i;

const chunked = 'Transfer-Encoding: chunked';

/** Runs one case and judges it by what the client sees and what the upstream received. */
export async function runCase(site: Site, one: Case): Promise<void> {
  await site.serve(answering(site, one.answers ?? []));
  const client = await site.connect();
  await sendAll(site, client, one);
  for (const expected of one.responses) await checkResponse(client, expected);
  await checkConnection(client, one.connection);
  client.close();
  await checkReceived(site, one.received);
}

async function sendAll(site: Site, client: RawClient, one: Case): Promise<void> {
  for (const step of toList(one.send)) {
    if (typeof step === 'object' && 'await' in step) {
      await (step.await === 'upstream'
        ? site.origin.exchange()
        : until('a response begins', () => client.stream.total > 0));
      continue;
    }
    const bytes = toBytes(step);
    await client.sendPieces(one.bytewise ? [...bytes].map((byte) => Uint8Array.of(byte)) : [bytes]);
  }
}

function answering(site: Site, answers: readonly Answer[]): OriginHandler {
  return async (exchange) => {
    if (exchange.request.target === probe) return exchange.send(200, 'open');
    const index = requests(site).indexOf(exchange);
    const answer = answers[Math.min(index, answers.length - 1)];
    if (!answer?.early && !(await exchange.readBody()).complete) return;
    if (answer === undefined) {
      const body = exchange.request.method === 'HEAD' ? '' : 'ok';
      return exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${body}`);
    }
    for (const piece of toList(answer.bytes)) {
      await exchange.write(toBytes(piece));
      await turn();
    }
    if (answer.then === 'end') exchange.end();
    if (answer.then === 'reset') exchange.reset();
  };
}

function requests(site: Site): OriginExchange[] {
  return site.origin.exchanges.filter((exchange) => exchange.request.target !== probe);
}

async function checkResponse(client: RawClient, expected: ExpectedResponse): Promise<void> {
  const response = await client.response(expected.method ?? 'GET');
  assert.equal(response.status, expected.status, `status; body ${show(response.text)}`);
  assert.deepEqual(
    response.interim.map((interim) => interim.status),
    expected.interim ?? [],
  );
  for (const [name, value] of Object.entries(expected.fields ?? {})) {
    assert.equal(field(response, name) ?? null, value, `field ${name} of the response`);
  }
  if (expected.body !== undefined) assert.equal(response.text, expected.body);
  assert.equal(response.body.complete, expected.complete ?? true, 'completeness of the body');
  assert.deepEqual(response.body.trailers, expected.trailers ?? []);
}

async function checkConnection(client: RawClient, expected: Case['connection']): Promise<void> {
  if (expected === 'closed') await client.ending();
  if (expected !== 'open') return;
  assert.equal(
    (await client.request(get(probe))).text,
    'open',
    'a further request on the connection',
  );
}

async function checkReceived(site: Site, expected: readonly ExpectedRequest[]): Promise<void> {
  await until(`the upstream has ${expected.length} requests`, () => {
    const seen = requests(site);
    return (
      seen.length >= expected.length &&
      seen.every((one, index) => {
        const ended = one.connection.ending !== null;
        return expected[index]?.complete === false ? ended : one.body !== null || ended;
      })
    );
  });
  const seen = requests(site);
  assert.deepEqual(
    seen.map((exchange) => `${exchange.request.method} ${exchange.request.target}`),
    expected.map((one) => one.head[0]!.replace(/ HTTP\/1\.1$/, '')),
    'requests at the upstream',
  );
  for (const [index, one] of expected.entries()) checkRequest(seen[index]!, one);
  for (const connection of site.origin.connections) {
    assert.equal(connection.stream.unread, 0, 'bytes at the upstream beyond its requests');
  }
}

function checkRequest(exchange: OriginExchange, expected: ExpectedRequest): void {
  const { method, target, version, fields } = exchange.request;
  const lines = fields
    .map(([name, value]) => `${name}: ${value}`)
    .filter((line) => !ownLine.test(line));
  const [requestLine, ...expectedLines] = expected.head;
  assert.equal(`${method} ${target} HTTP/${version}`, requestLine);
  const { body } = exchange;
  if (!expected.trailers && expectedLines.includes(chunked)) {
    const whole = lines.indexOf(`Content-Length: ${body?.bytes.length}`);
    if (whole >= 0) lines[whole] = chunked;
  }
  assert.deepEqual(byName(lines), byName(expectedLines));
  assert.equal(
    body?.complete ?? false,
    expected.complete ?? true,
    'completeness of the body upstream',
  );
  if (expected.body !== undefined || expected.complete !== false) {
    const bytes = Buffer.concat(toList(expected.body ?? '').map(toBytes));
    assert.ok(body?.bytes.equals(bytes), `body ${show(body?.bytes ?? '')}, not ${show(bytes)}`);
  }
  assert.deepEqual(body?.trailers ?? [], expected.trailers ?? []);
}

/** Lines sorted by name; those of one name keep their order, which is all that has a meaning. */
function byName(lines: readonly string[]): string[] {
  const name = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase();
  return [...lines].sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

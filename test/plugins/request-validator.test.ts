import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import {
  adminToken,
  ConfigurationRefused,
  type Gateway,
  startGateway,
} from '../support/gateway.ts';

const api = `
openapi: 3.1.0
info: { title: Notes, version: '1' }
servers: [{ url: /v1 }]
paths:
  /notes/{id}:
    put:
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer } }
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Note' }
components:
  schemas:
    Note: { type: object, required: [text], properties: { text: { type: string } } }
`;

describe('request-validator in a gateway', () => {
  let gateway: Gateway;
  const service = createServer((incoming, response) => {
    void text(incoming).then((body) => response.end(`${incoming.method} ${incoming.url} ${body}`));
  });

  const configuration = (openapi: string): string => `
_format_version: '3.0'
services:
  - name: notes
    url: http://127.0.0.1:${(service.address() as AddressInfo).port}/v1
    routes:
      - name: notes
        paths: [/my]
        plugins:
          - name: request-validator
            config:
              verbose_response: true
              max_body_size: 100000
              openapi_text: ${JSON.stringify(openapi)}
`;

  before(async () => {
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    gateway = await startGateway({
      config: configuration(api),
      fileName: 'gateway.yaml',
      admin: true,
    });
  });
  after(async () => {
    await gateway?.stop();
    service.closeAllConnections();
    service.close();
  });

  /** Sends a body in pieces of unknown number. */
  async function put(
    path: string,
    pieces: readonly string[],
  ): Promise<[status: number, text: string]> {
    const sent = request({
      ...{ host: '127.0.0.1', port: gateway.proxyPort, path, method: 'PUT' },
      headers: { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
    });
    for (const piece of pieces) sent.write(piece);
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return [response.statusCode ?? 0, await text(response)];
  }

  it('lets a request pass as it came, at the path that the service has', async () => {
    const answer = await put('/my/notes/7', ['{ "text": ', '"hello" }']);
    assert.deepEqual(answer, [200, 'PUT /v1/notes/7 { "text": "hello" }']);
  });

  it('refuses others before the service sees anything', async () => {
    const [status, told] = await put('/my/notes/7', ['{"text"', ':5}']);
    assert.equal(status, 400);
    assert.deepEqual((JSON.parse(told) as { errors: unknown }).errors, [
      { in: 'body', path: '/text', message: 'must be string' },
    ]);
    assert.equal((await put('/my/notes/x', ['{"text":"a"}']))[0], 400);
    assert.equal((await put('/my/other', ['{"text":"a"}']))[0], 404);
    assert.equal((await put('/my/notes/7', ['"', 'x'.repeat(100_001), '"']))[0], 413);
  });

  it('shows the document as an object', async () => {
    const response = await fetch(`http://127.0.0.1:${gateway.adminPort}/plugins`, {
      headers: { 'Kong-Admin-Token': adminToken },
    });
    const { data } = (await response.json()) as {
      data: { config: { openapi: { info: object }; openapi_text?: string } }[];
    };
    assert.deepEqual(data[0]?.config.openapi.info, { title: 'Notes', version: '1' });
    assert.equal(data[0]?.config.openapi_text, undefined);
  });

  it('is not loaded with a document that is wrong, and says where', async () => {
    const wrong = api.replace('type: string', 'type: text');
    await assert.rejects(gateway.reload(configuration(wrong)), ConfigurationRefused);
    assert.match(
      gateway.output,
      /at \/components\/schemas\/Note\/properties\/text\/type: must be equal/,
    );
    assert.equal((await put('/my/notes/7', ['{"text":"a"}']))[0], 200);
  });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { Authority } from '../support/authority.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { until, within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { same } from './bytes-method.ts';
import { EchoServer } from './echo-server.ts';

const unlimited = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

type Duplex = grpc.ServerDuplexStream<Buffer, Buffer>;

/** How a call ended. */
interface Outcome {
  readonly reply: Buffer | undefined;
  readonly status: grpc.StatusObject;
  readonly headers: grpc.Metadata;
}

const authority = new Authority();
const issued = authority.issue('DNS:grpc.test', 'IP:127.0.0.1');
after(() => authority.remove());

/** How a call ends. An error is told as its status too. */
function statusOf(call: EventEmitter): Promise<grpc.StatusObject> {
  const status = new Promise<grpc.StatusObject>((resolve) => call.once('status', resolve));
  return within('the status', status, 30_000);
}

for (const secure of [false, true]) {
  describe(`Calls by @grpc/grpc-js at both ends, ${secure ? 'with TLS' : 'without TLS'}`, () => {
    const echo = new EchoServer(['test.Echo', 'keyed.Echo', 'limited.Echo', 'slow.Echo']);
    const doomed = new EchoServer(['doomed.Echo']);
    let gateway: Gateway;
    let client: grpc.Client;

    before(async () => {
      const tls = secure ? issued : null;
      await echo.start(tls);
      await doomed.start(tls);
      const protocol = secure ? 'grpcs' : 'grpc';
      const service = (name: string, port: number, more: object = {}): object => ({
        name,
        protocol,
        host: '127.0.0.1',
        port,
        routes: [{ name, protocols: [protocol], paths: [`/${name}.Echo/`] }],
        ...more,
      });
      const limit = { name: 'rate-limiting', config: { minute: 1, policy: 'local' } };
      gateway = await startGateway({
        listen: `127.0.0.1:0 http2 ${secure ? 'ssl' : ''}`,
        flags: ['--upstream-ca', authority.file],
        config: {
          _format_version: '3.0',
          certificates: [{ ...issued, snis: [{ name: 'grpc.test' }] }],
          consumers: [{ username: 'robot', keyauth_credentials: [{ key: 'sesame' }] }],
          services: [
            service('test', echo.port),
            service('doomed', doomed.port),
            service('keyed', echo.port, { plugins: [{ name: 'key-auth' }] }),
            service('limited', echo.port, { plugins: [limit] }),
            service('slow', echo.port, { read_timeout: 300, retries: 0 }),
            service('down', await unusedPort()),
          ],
        },
      });
      client = new grpc.Client(
        `127.0.0.1:${gateway.proxyPort}`,
        secure
          ? grpc.credentials.createSsl(Buffer.from(authority.cert))
          : grpc.credentials.createInsecure(),
        {
          'grpc.ssl_target_name_override': 'grpc.test',
          'grpc.default_authority': 'grpc.test',
          ...unlimited,
        },
      );
    });

    after(async () => {
      client?.close();
      echo.stop();
      doomed.stop();
      await gateway?.stop();
    });

    async function unary(
      path: string,
      request: Buffer = Buffer.from('hello'),
      metadata = new grpc.Metadata(),
    ): Promise<Outcome> {
      let reply: Buffer | undefined;
      let headers = new grpc.Metadata();
      const call = client.makeUnaryRequest(path, same, same, request, metadata, {}, (_, value) => {
        reply = value;
      });
      call.on('metadata', (got: grpc.Metadata) => (headers = got));
      const status = await statusOf(call);
      await until(
        'the callback was called',
        () => reply !== undefined || Number(status.code) !== 0,
      );
      return { reply, status, headers };
    }

    /** Everything that a call brings, and its status. */
    async function listen(
      call: grpc.ClientReadableStream<Buffer> | grpc.ClientDuplexStream<Buffer, Buffer>,
    ): Promise<{ readonly pieces: Buffer[]; readonly status: grpc.StatusObject }> {
      const pieces: Buffer[] = [];
      call.on('data', (piece: Buffer) => pieces.push(piece));
      call.on('error', () => undefined);
      return { pieces, status: await statusOf(call) };
    }

    it('of one message each way bring the answer, byte for byte', async () => {
      for (const size of [0, 1, 1000, 100_000, 20 << 20]) {
        const request = randomBytes(size);
        const { reply, status } = await unary('/test.Echo/Unary', request);
        assert.equal(status.code, grpc.status.OK);
        assert.ok(reply!.equals(request), `a message of ${size} bytes`);
      }
    });

    it('carry metadata both ways, before and behind the answer', async () => {
      const metadata = new grpc.Metadata();
      const binary = randomBytes(40);
      metadata.add('echo', 'one');
      metadata.add('echo', 'two');
      metadata.add('echo-bin', binary);
      const { status, headers } = await unary('/test.Echo/Unary', Buffer.alloc(3), metadata);
      for (const [got, name] of [
        [headers, 'echoed'],
        [status.metadata, 'at-the-end'],
      ] as const) {
        assert.deepEqual(got.get(name), ['one, two']);
        assert.deepEqual(got.get(`${name}-bin`), [binary]);
      }
    });

    it('bring the status of the service with its message and trailers', async () => {
      const metadata = new grpc.Metadata();
      metadata.set('fail-with', String(grpc.status.FAILED_PRECONDITION));
      metadata.set('echo', 'why');
      const { status } = await unary('/test.Echo/Unary', Buffer.alloc(1), metadata);
      assert.equal(status.code, grpc.status.FAILED_PRECONDITION);
      assert.equal(status.details, 'no, 100 % grüße\n');
      assert.deepEqual(status.metadata.get('at-the-end'), ['why']);
      const unknown = await unary('/test.Echo/NoSuchMethod');
      assert.equal(unknown.status.code, grpc.status.UNIMPLEMENTED);
    });

    it('leave their status in the access log and in the metrics, whoever gave it', async () => {
      const refused = new grpc.Metadata();
      refused.set('fail-with', String(grpc.status.OUT_OF_RANGE));
      await unary('/test.Echo/Told', Buffer.alloc(1));
      await unary('/test.Echo/Unary', Buffer.alloc(1), refused);
      await unary('/down.Echo/Told');
      await unary('/test.Echo/Unary', Buffer.from('told'));
      for (const [path, status, source] of [
        ['/test.Echo/Told', grpc.status.UNIMPLEMENTED, 'upstream'],
        ['/test.Echo/Unary', grpc.status.OUT_OF_RANGE, 'upstream'],
        ['/down.Echo/Told', grpc.status.INTERNAL, 'gateway'],
        ['/test.Echo/Unary', grpc.status.OK, 'upstream'],
      ] as const) {
        const line = await gateway.accessLine(
          (one) => one.path === path && one.grpc_status === status,
        );
        assert.equal(line.status, 200);
        assert.equal(line.source, source);
      }
      const text = await (await gateway.fetchStatus('/metrics')).text();
      for (const labels of [
        'service="test",route="test",grpc_status="12",source="service"',
        'service="test",route="test",grpc_status="11",source="service"',
        'service="down",route="down",grpc_status="13",source="kong"',
      ]) {
        assert.ok(text.includes(`sluice_grpc_responses_total{${labels}`), labels);
      }
    });

    it('may send many messages and get one', async () => {
      const pieces = Array.from({ length: 500 }, (_, i) => randomBytes((i * 37) % 5000));
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      const call = client.makeClientStreamRequest('/test.Echo/Collect', same, same, (error, got) =>
        error === null ? resolve(got!) : reject(error),
      );
      for (const piece of pieces) call.write(piece);
      call.end();
      assert.ok((await promise).equals(Buffer.concat(pieces)));
    });

    it('may send one message and get many', async () => {
      const request = Buffer.from('1000x500');
      const call = client.makeServerStreamRequest('/test.Echo/Many', same, same, request);
      const { pieces, status } = await listen(call);
      assert.equal(status.code, grpc.status.OK);
      assert.equal(pieces.length, 1000);
      pieces.forEach((piece, i) => assert.ok(piece.equals(Buffer.alloc(500, i))));
    });

    it('may talk both ways, each message as soon as it is sent', async () => {
      const call = client.makeBidiStreamRequest('/test.Echo/Talk', same, same);
      for (let i = 0; i < 50; i++) {
        const answer = once(call, 'data') as Promise<[Buffer]>;
        call.write(Buffer.from(`message ${i}`));
        const [piece] = await within('the answer', answer);
        assert.equal(piece.toString(), `message ${i}`);
      }
      const end = listen(call);
      call.end();
      assert.equal((await end).status.code, grpc.status.OK);
    });

    it('hold a service back when the client takes nothing', async () => {
      const before = echo.written;
      const count = 256;
      const request = Buffer.from(`${count}x${256 << 10}`);
      const call = client.makeServerStreamRequest('/test.Echo/Many', same, same, request);
      const all = listen(call);
      await within('the first message', once(call, 'data'));
      call.pause();
      let last = -1;
      await until('the service writes no more', async () => {
        await delay(200);
        const still = echo.written === last && last > before;
        last = echo.written;
        return still;
      });
      assert.ok(last - before < count / 2, `${last - before} of ${count} were written`);
      call.resume();
      const { pieces, status } = await all;
      assert.equal(status.code, grpc.status.OK);
      assert.equal(pieces.length, count);
    });

    it('that the client cancels are cancelled at the service', async () => {
      const hanging = new Promise<Duplex>((resolve) => (echo.onHang = resolve));
      const call = client.makeBidiStreamRequest('/test.Echo/Hang', same, same);
      const ended = listen(call);
      call.write(Buffer.from('x'));
      const upstream = await within('the call to arrive', hanging);
      const cancelled = once(upstream, 'cancelled');
      call.cancel();
      await within('the service to hear of it', cancelled);
      assert.equal((await ended).status.code, grpc.status.CANCELLED);
      await until('nothing is under way', async () => {
        const text = await (await gateway.fetchStatus('/metrics')).text();
        return /sluice_connections\{side="client",state="active"\} 0/.test(text);
      });
    });

    it('take their deadline with them, and the service sees it pass', async () => {
      const hanging = new Promise<Duplex>((resolve) => (echo.onHang = resolve));
      const deadline = Date.now() + 700;
      const call = client.makeBidiStreamRequest('/test.Echo/Hang', same, same, { deadline });
      const ended = listen(call);
      call.write(Buffer.from('x'));
      const upstream = await within('the call to arrive', hanging);
      const cancelled = once(upstream, 'cancelled');
      assert.ok(Math.abs(Number(upstream.getDeadline()) - deadline) < 500);
      assert.equal((await ended).status.code, grpc.status.DEADLINE_EXCEEDED);
      await within('the service to hear of it', cancelled);
    });

    it('that the service breaks off are broken off for the client', async () => {
      const hanging = new Promise<Duplex>((resolve) => (doomed.onHang = resolve));
      const call = client.makeBidiStreamRequest('/doomed.Echo/Hang', same, same);
      const ended = listen(call);
      call.write(Buffer.from('x'));
      const upstream = await within('the call to arrive', hanging);
      const first = once(call, 'metadata');
      upstream.sendMetadata(new grpc.Metadata());
      upstream.write(Buffer.from('half'));
      await first;
      doomed.stop();
      const { pieces, status } = await ended;
      assert.equal(pieces.toString(), 'half');
      assert.equal(status.code, grpc.status.INTERNAL);
    });

    it('that no route takes are NOT_FOUND', async () => {
      const { status } = await unary('/nothing.Echo/Unary');
      assert.equal(status.code, grpc.status.NOT_FOUND);
      assert.equal(status.details, 'no Route matched with those values');
    });

    it('without a key are UNAUTHENTICATED, and with one they pass', async () => {
      const refused = await unary('/keyed.Echo/Unary');
      assert.equal(refused.status.code, grpc.status.UNAUTHENTICATED);
      assert.equal(refused.status.details, 'No API key found in request');
      const metadata = new grpc.Metadata();
      metadata.set('apikey', 'sesame');
      const { reply } = await unary('/keyed.Echo/Unary', Buffer.from('me'), metadata);
      assert.equal(reply?.toString(), 'me');
      const calls = gateway.accessLine(({ consumer_name: name }) => name === 'robot');
      assert.equal((await calls).http_version, '2');
    });

    it('beyond the limit are RESOURCE_EXHAUSTED', async () => {
      assert.equal((await unary('/limited.Echo/Unary')).status.code, grpc.status.OK);
      const { status } = await unary('/limited.Echo/Unary');
      assert.equal(status.code, grpc.status.RESOURCE_EXHAUSTED);
      assert.equal(status.details, 'API rate limit exceeded');
      assert.notDeepEqual(status.metadata.get('retry-after'), []);
    });

    it('to a service that is down are INTERNAL, as in Kong', async () => {
      const { status } = await unary('/down.Echo/Unary');
      assert.equal(status.code, grpc.status.INTERNAL);
    });

    it('that the service does not answer in time are DEADLINE_EXCEEDED', async () => {
      echo.onHang = () => undefined;
      const call = client.makeBidiStreamRequest('/slow.Echo/Hang', same, same);
      call.end(Buffer.from('x'));
      const { status } = await listen(call);
      assert.equal(status.code, grpc.status.DEADLINE_EXCEEDED);
      assert.equal(status.details, 'The upstream server is timing out');
    });
  });
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { spawnChromium, withoutChromium } from '../support/chromium.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { ALL_PROTOCOLS } from '../support/protocols.ts';
import { oneService } from '../support/site.ts';
import { within } from '../support/until.ts';

const page = readFileSync(new URL('page.html', import.meta.url));

/** What the page found out, see `page.html`. */
interface Report {
  readonly error?: string;
  readonly protocol: string;
  readonly webSocket: {
    readonly texts: readonly string[];
    readonly bytes: number;
    readonly code: number;
    readonly reason: string;
    readonly wasClean: boolean;
  };
  readonly events: readonly string[];
}

describe('A browser', { skip: withoutChromium }, () => {
  let gateway: Gateway;
  let onReport: (report: Report) => void = () => undefined;
  /** The stream of events that is open. */
  let stream: http.ServerResponse | null = null;
  const server = http.createServer((request, response) => void serve(request, response));
  const sockets = new WebSocketServer({ server });

  async function serve(
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://origin.test');
    switch (pathname) {
      case '/events':
        stream = response;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('retry: 10\n\n');
        sendEvent(Number(request.headers['last-event-id'] ?? 0) + 1);
        break;
      case '/seen': {
        const id = Number(searchParams.get('id'));
        // After the third one the browser has to come back and say where it was.
        if (id === 3) stream?.end();
        else sendEvent(id + 1);
        response.end();
        break;
      }
      case '/report':
        onReport(JSON.parse(await text(request)) as Report);
        response.end();
        break;
      default:
        response.setHeader('content-type', 'text/html');
        response.end(page);
    }
  }

  function sendEvent(id: number): void {
    stream?.write(`id: ${id}\ndata: event\n\n`);
  }

  before(async () => {
    sockets.on('connection', (socket) => {
      socket.on('message', (data: Buffer, binary) => {
        if (!binary && data.toString() === 'close me') socket.close(4001, 'as you wish');
        else socket.send(data, { binary });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    gateway = await startGateway({
      listen: ALL_PROTOCOLS,
      config: { _format_version: '3.0', services: [oneService(port)] },
    });
  });

  after(async () => {
    await gateway?.stop();
    server.closeAllConnections();
    server.close();
  });

  /** Opens the page and waits for what it has to say. */
  async function visit(url: string): Promise<Report> {
    const profile = mkdtempSync(join(tmpdir(), 'sluice-browser-'));
    const report = new Promise<Report>((resolve) => (onReport = resolve));
    const child = spawnChromium(profile, [url]);
    const exited = once(child, 'exit');
    try {
      return await within('the page to report', report, 60_000);
    } finally {
      // With its helpers, which are in its process group.
      process.kill(-child.pid!, 'SIGKILL');
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    }
  }

  for (const [scheme, protocol] of [
    ['http', 'http/1.1'],
    ['https', 'h2'],
  ] as const) {
    it(`gets pages, WebSockets and events by ${scheme}`, async () => {
      const port = gateway.proxyPorts[scheme === 'http' ? 0 : 1];
      const report = await visit(`${scheme}://127.0.0.1:${port}/`);
      assert.equal(report.error, undefined);
      assert.equal(report.protocol, protocol);
      assert.deepEqual(report.webSocket, {
        texts: Array.from({ length: 100 }, (_, i) => `grüße ${i}`),
        bytes: 1 << 20,
        code: 4001,
        reason: 'as you wish',
        wasClean: true,
      });
      assert.deepEqual(report.events, ['1', '2', '3', '4', '5', '6']);
    });
  }
});

import { once } from 'node:events';
import http2 from 'node:http2';
import { renameSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { AdminClient } from '../support/admin-client.ts';
import { Authority, type Issued } from '../support/authority.ts';
import { startGateway } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { Folder } from '../support/openssl.ts';
import { startOrigin } from '../support/origin.ts';
import { RawClient } from '../support/raw-client.ts';
import { connectTls } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const CERTIFICATE = '00000000-0000-4000-8000-000000000001';
/** The certificate of this name is replaced through the Admin API, that of others on disk. */
const NAME = 'shop.test';
const OTHER = 'other.test';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What became of a load while certificates were replaced. */
export interface ReplacingReport {
  readonly replaced: number;
  readonly requests: number;
  readonly handshakes: number;
  /** Handshakes that went on with a session. */
  readonly resumptions: number;
  /** Serial numbers of the certificates that clients were shown. */
  readonly shown: ReadonlySet<string>;
  readonly failures: readonly string[];
}

/**
 * Replaces certificates, in the configuration and on disk, while clients with TLS work: some keep
 * their connection, some open one for each request, some resume sessions, some speak HTTP/2. All
 * of them believe only the authority of the certificates.
 *
 * @param interval between two replacements, ms
 */
export async function replaceUnderLoad(
  seconds: number,
  interval: number,
): Promise<ReplacingReport> {
  const authority = new Authority();
  const folder = new Folder();
  const pairs = Array.from({ length: 4 }, () => authority.issue(`DNS:${NAME}`, `DNS:${OTHER}`));
  putFiles(folder, pairs[0]!);
  const origin = await startOrigin((exchange) => exchange.write(RESPONSE));
  const gateway = await startGateway({
    listen: '127.0.0.1:0 ssl http2',
    workers: 2,
    flags: ['--ssl-cert', folder.at('tls.crt'), '--ssl-cert-key', folder.at('tls.key')],
  });
  const admin = new AdminClient(gateway.adminPort);
  try {
    await admin.json('PUT', `/certificates/${CERTIFICATE}`, { ...pairs[0], snis: [NAME] });
    await admin.json('PUT', '/services/s', { url: `http://127.0.0.1:${origin.port}` });
    const { headers } = await admin.send('PUT', '/services/s/routes/r', { paths: ['/'] });
    const revision = Number(headers['x-sluice-revision']);
    await until('every thread has the route', async () => {
      return (await gateway.status()).revision >= revision;
    });
    const load = new TlsLoad(gateway.proxyPort, authority.cert);
    const end = performance.now() + seconds * 1000;
    let replaced = 0;
    while (performance.now() < end) {
      await pause(interval);
      const next = pairs[++replaced % pairs.length]!;
      await admin.json('PATCH', `/certificates/${CERTIFICATE}`, next);
      putFiles(folder, next);
    }
    return { replaced, ...(await load.stop()) };
  } finally {
    admin.close();
    await gateway.stop();
    await origin.stop();
    folder.remove();
    authority.remove();
  }
}

function putFiles(folder: Folder, { cert, key }: Issued): void {
  for (const [name, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key })) {
    renameSync(folder.write(`${name}.new`, text), folder.at(name));
  }
}

/** Clients that send one request after another until they are told to stop. */
class TlsLoad {
  readonly #port: number;
  readonly #ca: string;
  readonly #failures: string[] = [];
  readonly #shown = new Set<string>();
  readonly #clients: Promise<void>[];
  #requests = 0;
  #handshakes = 0;
  #resumptions = 0;
  #running = true;

  constructor(port: number, ca: string) {
    this.#port = port;
    this.#ca = ca;
    const names = [NAME, OTHER];
    this.#clients = names.flatMap((servername) => [
      this.#repeat('keep-alive', () => this.#keepAlive(servername)),
      this.#repeat('new connections', () => this.#once({ servername })),
      this.#repeat('sessions', () => this.#resumed(servername)),
      this.#repeat('HTTP/2', () => this.#http2(servername)),
    ]);
  }

  async stop(): Promise<Omit<ReplacingReport, 'replaced'>> {
    this.#running = false;
    await Promise.all(this.#clients);
    return {
      requests: this.#requests,
      handshakes: this.#handshakes,
      resumptions: this.#resumptions,
      shown: this.#shown,
      failures: this.#failures,
    };
  }

  async #repeat(what: string, work: () => Promise<void>): Promise<void> {
    while (this.#running) {
      try {
        await work();
      } catch (error) {
        this.#failures.push(`${what}: ${String(error)}`);
      }
    }
  }

  async #connect(options: ConnectionOptions): Promise<RawClient> {
    const socket = await connectTls(this.#port, {
      ca: this.#ca,
      rejectUnauthorized: true,
      ...options,
    });
    this.#handshakes++;
    // Who goes on with a session is shown none.
    if (socket.isSessionReused()) this.#resumptions++;
    else this.#shown.add(socket.getPeerCertificate().serialNumber);
    return new RawClient(socket);
  }

  async #ask(client: RawClient): Promise<void> {
    this.#count((await client.request(get('/'))).status);
  }

  async #once(options: ConnectionOptions): Promise<void> {
    const client = await this.#connect(options);
    await this.#ask(client);
    client.close();
  }

  /** One connection for as long as the load goes on. */
  async #keepAlive(servername: string): Promise<void> {
    const client = await this.#connect({ servername });
    while (this.#running) await this.#ask(client);
    client.close();
  }

  async #resumed(servername: string): Promise<void> {
    const first = await this.#connect({ servername });
    const session = once(first.socket, 'session') as Promise<[Buffer]>;
    await this.#ask(first);
    const [ticket] = await session;
    first.close();
    await this.#once({ servername, session: ticket });
  }

  async #http2(servername: string): Promise<void> {
    const session = http2.connect(`https://127.0.0.1:${this.#port}`, { servername, ca: this.#ca });
    await once(session, 'connect');
    this.#handshakes++;
    for (let round = 0; round < 20 && this.#running; round++) {
      await Promise.all([1, 2, 3, 4].map(() => this.#stream(session)));
    }
    session.close();
    await once(session, 'close');
  }

  async #stream(session: http2.ClientHttp2Session): Promise<void> {
    const stream = session.request({ ':path': '/' });
    stream.resume();
    const [head] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    await once(stream, 'close');
    this.#count(Number(head[':status']));
  }

  #count(status: number): void {
    this.#requests++;
    if (status !== 200) this.#failures.push(`status ${status}`);
  }
}

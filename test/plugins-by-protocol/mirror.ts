import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { WebSocketServer } from 'ws';
import { bytesMethod } from '../grpc/bytes-method.ts';

/** Fields of a request as a service saw them. */
export type Fields = Readonly<Record<string, string>>;

/** What a plugin's name is as part of the path of gRPC, in front of the method. */
export function grpcService(route: string): string {
  return `${route}.Mirror`;
}

/** A service that tells whoever asks which fields it has seen, by HTTP, WebSocket and gRPC. */
export class Mirror {
  httpPort = 0;
  grpcPort = 0;
  readonly #server = http.createServer((request, response) => {
    response.end(JSON.stringify(request.headers));
  });
  readonly #sockets = new WebSocketServer({ server: this.#server });
  readonly #grpc = new grpc.Server();

  /** @param routes those of gRPC */
  constructor(routes: readonly string[]) {
    this.#sockets.on('connection', (socket, { headers }) => socket.send(JSON.stringify(headers)));
    for (const route of routes) {
      const path = `/${grpcService(route)}/Ask`;
      this.#grpc.addService(
        { Ask: bytesMethod(path, false, false) },
        {
          Ask: (
            call: grpc.ServerUnaryCall<Buffer, Buffer>,
            done: grpc.sendUnaryData<Buffer>,
          ): void => done(null, Buffer.from(JSON.stringify(call.metadata.getMap()))),
        },
      );
    }
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.httpPort = (this.#server.address() as AddressInfo).port;
    this.grpcPort = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      this.#grpc.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }

  stop(): void {
    this.#grpc.forceShutdown();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

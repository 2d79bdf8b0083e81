import * as grpc from '@grpc/grpc-js';
import { bytesMethod } from './bytes-method.ts';
import type { Issued } from '../support/authority.ts';

type Duplex = grpc.ServerDuplexStream<Buffer, Buffer>;

/** A server of gRPC that gives back what it gets, in all four kinds of call. */
export class EchoServer {
  port = 0;
  /** Messages that `Many` has written, all calls together. */
  written = 0;
  /** Calls of `Hang` as they come. */
  onHang: (call: Duplex) => void = () => undefined;
  readonly #server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });

  /** @param services under whose names it answers */
  constructor(services: readonly string[]) {
    for (const service of services) this.#add(service);
  }

  #add(service: string): void {
    this.#server.addService(
      {
        Unary: bytesMethod(`/${service}/Unary`, false, false),
        Collect: bytesMethod(`/${service}/Collect`, true, false),
        Many: bytesMethod(`/${service}/Many`, false, true),
        Talk: bytesMethod(`/${service}/Talk`, true, true),
        Hang: bytesMethod(`/${service}/Hang`, true, true),
      },
      {
        Unary: (
          call: grpc.ServerUnaryCall<Buffer, Buffer>,
          done: grpc.sendUnaryData<Buffer>,
        ): void => {
          const trailers = trailersFor(call.metadata);
          const [code] = call.metadata.get('fail-with');
          call.sendMetadata(headersFor(call.metadata));
          if (code === undefined) done(null, call.request, trailers);
          else done({ code: Number(code), details: 'no, 100 % grüße\n', metadata: trailers });
        },
        Collect: (
          call: grpc.ServerReadableStream<Buffer, Buffer>,
          done: grpc.sendUnaryData<Buffer>,
        ): void => {
          const pieces: Buffer[] = [];
          call.on('data', (piece: Buffer) => pieces.push(piece));
          call.on('end', () => done(null, Buffer.concat(pieces)));
        },
        Many: (call: grpc.ServerWritableStream<Buffer, Buffer>): void => {
          void this.#writeMany(call);
        },
        Talk: (call: Duplex): void => {
          call.on('data', (piece: Buffer) => call.write(piece));
          call.on('end', () => call.end());
        },
        Hang: (call: Duplex): void => this.onHang(call),
      },
    );
  }

  /** The request says how many messages of which size are wanted: `10x1000`. */
  async #writeMany(call: grpc.ServerWritableStream<Buffer, Buffer>): Promise<void> {
    const [count = 0, size = 0] = call.request.toString().split('x').map(Number);
    for (let i = 0; i < count && !call.cancelled; i++) {
      this.written++;
      if (!call.write(Buffer.alloc(size, i))) {
        await new Promise((resolve) => call.once('drain', resolve));
      }
    }
    call.end();
  }

  async start(tls: Issued | null): Promise<void> {
    const credentials =
      tls === null
        ? grpc.ServerCredentials.createInsecure()
        : grpc.ServerCredentials.createSsl(null, [
            { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) },
          ]);
    this.port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }

  /** Ends it and every call at once. */
  stop(): void {
    this.#server.forceShutdown();
  }
}

/** Fields that the client asks to have back with the head. */
function headersFor(asked: grpc.Metadata): grpc.Metadata {
  const metadata = new grpc.Metadata();
  for (const value of asked.get('echo')) metadata.add('echoed', value);
  for (const value of asked.get('echo-bin')) metadata.add('echoed-bin', value);
  return metadata;
}

/** The same for the trailers. */
function trailersFor(asked: grpc.Metadata): grpc.Metadata {
  const metadata = new grpc.Metadata();
  for (const value of asked.get('echo')) metadata.add('at-the-end', value);
  for (const value of asked.get('echo-bin')) metadata.add('at-the-end-bin', value);
  return metadata;
}

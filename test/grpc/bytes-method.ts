import type { MethodDefinition } from '@grpc/grpc-js';

/** Messages are bytes: what they mean is nothing to a gateway. */
export const same = (bytes: Buffer): Buffer => bytes;

/** A method of gRPC whose messages nobody reads. */
export function bytesMethod(
  path: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

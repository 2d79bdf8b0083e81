import { UNIX_PEER, withoutIPv4Mapping } from '../client-address.ts';
import type { Arrival, ProxiedAddresses, TlsDetails } from '../net/arrival.ts';
import type { Wire } from '../net/wire.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';
import type { StreamProtocol, StreamQuery } from '../router/stream-router.ts';
import type { ProxiedClient } from '../upstream/proxy-header.ts';

/** What is known of a connection besides what its arrival tells. */
export interface Introduction {
  readonly protocol: StreamProtocol;
  /** Of a ClientHello; empty for none. */
  readonly sni: string;
  /** Sent to a client that no route takes; null for nothing. */
  readonly regret: Uint8Array | null;
}

/** The client's side of a stream: its socket, and who is at the other end. */
export class StreamClient implements ProxiedClient {
  readonly wire: Wire;
  readonly protocol: StreamProtocol;
  readonly sni: string;
  /** Null where the gateway takes no TLS off. */
  readonly tls: TlsDetails | null;
  readonly peerIp: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;

  constructor(wire: Wire, arrival: Arrival<Wire>, { protocol, sni }: Introduction) {
    const { proxied, tls, localPort } = arrival;
    const ends = endsOf(wire, localPort, proxied);
    this.wire = wire;
    this.protocol = protocol;
    this.sni = sni;
    this.tls = tls;
    this.peerIp = ends.sourceIp;
    this.peerPort = ends.sourcePort;
    this.localAddress = ends.destinationIp;
    this.localPort = ends.destinationPort;
  }

  /** What it offers for finding a route. */
  get query(): StreamQuery {
    return {
      protocols: [this.protocol],
      sni: this.sni,
      sourceIp: this.peerIp,
      sourcePort: this.peerPort,
      destinationIp: this.localAddress,
      destinationPort: this.localPort,
    };
  }
}

/**
 * Where a connection comes from and where it came to.
 *
 * @param listenPort of the listener; 0 on a unix socket
 * @param proxied what a proxy in front says of it; null for nothing
 */
export function endsOf(
  wire: Wire,
  listenPort: number,
  proxied: ProxiedAddresses | null,
): ProxiedAddresses {
  if (proxied !== null) return proxied;
  return {
    sourceIp: listenPort === 0 ? UNIX_PEER : withoutIPv4Mapping(wire.remoteAddress ?? ''),
    sourcePort: wire.remotePort ?? 0,
    destinationIp: withoutIPv4Mapping(wire.localAddress ?? ''),
    destinationPort: listenPort,
  };
}

/** The socket of a client whose connection is passed on: the stream around it knows half an end. */
export function openStreamWire(handle: unknown, buffer: Uint8Array): ProxySocket {
  return ProxySocket.accept(handle, buffer);
}

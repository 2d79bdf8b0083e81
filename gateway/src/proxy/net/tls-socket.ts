import tls from 'node:tls';
import type { ClientCertificates } from '../../settings/node-settings.ts';
import { attendStream } from '../socket/attend-stream.ts';
import type { WireOwner } from '../socket/client-wire.ts';
import { writePast } from '../socket/proxy-socket.ts';

/** What is said of a connection beside its bytes, and how they are read. */
export interface TlsArrival {
  /** What Node keeps behind the accepted socket, detached from it. */
  readonly handle: unknown;
  readonly secureContext: tls.SecureContext;
  /** Chooses the certificate for the name that the client asks for. */
  readonly SNICallback: NonNullable<tls.TlsOptions['SNICallback']>;
  /** None: what clients offer does not matter. */
  readonly ALPNProtocols: readonly string[];
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  /** What is read stands in here while `onRead` is called. */
  readonly buffer: Uint8Array;
}

/** What Node has inside a socket with TLS, as far as it is used here. */
interface Internals {
  connecting: boolean;
  secureConnecting: boolean;
  readonly _tlsOptions: { readonly accepted?: unknown };
  readonly _handle: TlsHandle | null;
  _releaseControl(): boolean;
}

interface TlsHandle {
  /** Takes bytes as if they had come from the network. */
  receive(bytes: Uint8Array): void;
  verifyError(): { readonly code?: string } | null | undefined;
  hasPeerCertificate?(): boolean;
  setVerifyMode(request: boolean, reject: boolean): void;
}

type Wrap = (wrap: unknown, handle: unknown, active: boolean) => unknown;

const inherited = tls.TLSSocket.prototype as unknown as { _wrapHandle: Wrap };

/**
 * A socket with TLS that offers what a `ProxySocket` does, so that connections need not know which of
 * them they have. On the server's side it takes an accepted handle and reads into a buffer of ours:
 * no chunk is allocated for what arrives. That is not a documented interface; `checkTls` proves at
 * the start that it works.
 */
export class TlsSocket extends tls.TLSSocket {
  /** Takes what was read: so many bytes in the buffer. @returns false to read no more for now */
  declare onRead: (length: number) => boolean;

  /** The server's end of a connection that was accepted. Emits 'secure' when the handshake is done. */
  static accept(arrival: TlsArrival): TlsSocket {
    const { handle, buffer, ALPNProtocols, ...options } = arrival;
    const socket: TlsSocket = new TlsSocket(
      undefined as never,
      {
        ...options,
        // An empty list would refuse every client that offers something.
        ...(ALPNProtocols.length === 0 ? {} : { ALPNProtocols: [...ALPNProtocols] }),
        accepted: handle,
        isServer: true,
        onread: { buffer, callback: (length: number) => socket.onRead(length) },
      } as tls.TLSSocketOptions,
    );
    // Without a socket to wrap, Node takes it for one that is yet to be connected.
    internalsOf(socket).connecting = false;
    return socket;
  }

  /** Gives a socket that `tls.connect` made the surface of this class. */
  static of(socket: tls.TLSSocket): TlsSocket {
    return Object.setPrototypeOf(socket, TlsSocket.prototype) as TlsSocket;
  }

  /** Called by Node's constructor; in place of a new handle it gets the accepted one. */
  protected _wrapHandle(wrap: unknown, handle: unknown, active: boolean): unknown {
    const { accepted } = internalsOf(this)._tlsOptions;
    return inherited._wrapHandle.call(this, wrap, handle ?? accepted, active);
  }

  attend(owner: WireOwner): void {
    attendStream(this, owner);
  }

  /** Bytes that were written and are not taken yet. */
  get untaken(): number {
    return this.writableLength;
  }

  /** Who writes is to wait for 'drain'. */
  get isBehind(): boolean {
    return this.writableNeedDrain;
  }

  /** Writes characters as bytes, in one record where they fit. @returns false to wait for 'drain' */
  writeText(text: string): boolean {
    return this.write(text, 'latin1');
  }

  /** The handshake is done: from now on errors are those of an ordinary socket. */
  established(): void {
    const internals = internalsOf(this);
    internals._releaseControl();
    internals.secureConnecting = false;
  }

  /** Asks the client for a certificate; only while the handshake has not come so far. */
  ask(asking: ClientCertificates): void {
    internalsOf(this)._handle?.setVerifyMode(asking !== 'off', asking === 'required');
  }

  /** Takes encrypted bytes that were read before TLS began. */
  receive(bytes: Uint8Array): void {
    internalsOf(this)._handle?.receive(bytes);
  }

  /**
   * Tells a client that does not speak TLS so, in the clear. Only while nothing was said to it, and not
   * for sure: what the system does not take at once is lost.
   */
  answerInClear(text: string): void {
    const accepted = internalsOf(this)._tlsOptions.accepted as Parameters<typeof writePast>[0];
    if (accepted.bytesWritten === 0) writePast(accepted, text);
  }

  /** Why the client's certificate is not to be trusted; '' when it is. */
  get clientProblem(): string {
    const handle = internalsOf(this)._handle;
    const error = handle?.verifyError();
    if (error) return error.code ?? 'UNKNOWN';
    // A resumed session may come without the certificate and is said to be fine.
    return handle?.hasPeerCertificate?.() === true ? '' : 'NO_CERTIFICATE';
  }
}

function internalsOf(socket: TlsSocket): Internals {
  return socket as unknown as Internals;
}

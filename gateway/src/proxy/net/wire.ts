import type { ProxySocket } from '../socket/proxy-socket.ts';
import type { TlsSocket } from './tls-socket.ts';

/** A socket as connections use it, whether its bytes go out as they are or encrypted. */
export type Wire = ProxySocket | TlsSocket;

import { KeptText } from '../kept-text.ts';

/** What the forwarded headers of one request are made from. Values hold no CR or LF. */
export interface ForwardedInput {
  /** Whether the peer's own forwarded headers are believed. */
  readonly trusted: boolean;
  /** Address at the other end of the connection. */
  readonly peerIp: string;
  /** Address of the client; `peerIp` unless a trusted peer named another. */
  readonly clientIp: string;
  readonly scheme: string;
  readonly listenPort: number;
  /** The client's Host value as received, or the authority of an absolute target; '' for none. */
  readonly host: string;
  /** Path of the request as received, without query. */
  readonly path: string;
  /** Part of the path that the route strips; null for none. */
  readonly prefix: string | null;
  /** X-Forwarded-For as received, the first line only: what Kong passes on. */
  readonly clientXff: string | undefined;
  /** The other X-Forwarded-* as received. Looked at only if the peer is trusted. */
  readonly clientProto: string | undefined;
  readonly clientHost: string | undefined;
  readonly clientPort: string | undefined;
  readonly clientPath: string | undefined;
  readonly clientPrefix: string | undefined;
}

/**
 * The X-Forwarded-* and X-Real-IP lines for the upstream, each with CRLF. A trusted peer's values
 * pass, where they are not empty; X-Forwarded-For is always added to. Without a host there is no
 * X-Forwarded-Host, without a prefix no X-Forwarded-Prefix.
 */
export function forwardedLines(input: ForwardedInput): string {
  const { trusted, clientIp, clientXff } = input;
  const chain = clientXff ? `${clientXff}, ${input.peerIp}` : clientIp;
  const host = (trusted && input.clientHost) || hostName(input.host);
  const prefix = (trusted && input.clientPrefix) || input.prefix;
  return (
    'X-Forwarded-For: ' +
    chain +
    '\r\nX-Forwarded-Proto: ' +
    ((trusted && input.clientProto) || input.scheme) +
    (host === '' ? '' : '\r\nX-Forwarded-Host: ' + host) +
    '\r\nX-Forwarded-Port: ' +
    ((trusted && input.clientPort) || input.listenPort) +
    '\r\nX-Forwarded-Path: ' +
    ((trusted && input.clientPath) || input.path) +
    (!prefix || prefix === '/' ? '' : '\r\nX-Forwarded-Prefix: ' + prefix) +
    '\r\nX-Real-IP: ' +
    clientIp +
    '\r\n'
  );
}

const DOT = 46;

/** The name in a Host value: lower-case, without port and final dot. */
function hostName(host: string): string {
  const colon = host.indexOf(':', host.indexOf(']') + 1);
  const name = colon === -1 ? host : host.slice(0, colon);
  const last = name.length - 1;
  return (name.charCodeAt(last) === DOT ? name.slice(0, last) : name).toLowerCase();
}

/**
 * The lines for requests of one connection whose peer is not believed and named no client. But for
 * the path they depend on the Host alone, which hardly ever changes on a connection.
 */
export class UsualForwardedLines {
  private readonly peerIp: string;
  private readonly scheme: string;
  private readonly listenPort: number;
  private host: string | null = null;
  private readonly beforePath = new KeptText();
  private readonly afterPath = new KeptText();

  constructor(peerIp: string, scheme: string, listenPort: number) {
    this.peerIp = peerIp;
    this.scheme = scheme;
    this.listenPort = listenPort;
  }

  /** As `forwardedLines`. @param host @param path @param prefix as there */
  of(host: string, path: string, prefix: string | null): string {
    const isKnown = host === this.host;
    const before = isKnown ? this.beforePath.again() : this.learn(host);
    const after = isKnown
      ? this.afterPath.again()
      : this.afterPath.set(`\r\nX-Real-IP: ${this.peerIp}\r\n`);
    if (prefix === null) return before + path + after;
    return `${before}${path}\r\nX-Forwarded-Prefix: ${prefix}${after}`;
  }

  private learn(host: string): string {
    const name = hostName(host);
    this.host = host;
    return this.beforePath.set(
      `X-Forwarded-For: ${this.peerIp}\r\nX-Forwarded-Proto: ${this.scheme}\r\n` +
        (name === '' ? '' : `X-Forwarded-Host: ${name}\r\n`) +
        `X-Forwarded-Port: ${this.listenPort}\r\nX-Forwarded-Path: `,
    );
  }
}

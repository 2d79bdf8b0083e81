/** Why a handshake failed: a label of metrics, so there are few of them. */
export type HandshakeFailure =
  | 'not_tls'
  | 'malformed'
  | 'version'
  | 'cipher'
  | 'alpn'
  | 'client_certificate_missing'
  | 'client_certificate_refused'
  | 'refused_by_client'
  | 'disconnected'
  | 'timeout'
  | 'crowded_out'
  | 'shutdown'
  | 'other';

const byCode: readonly (readonly [RegExp, HandshakeFailure])[] = [
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE/,
    'not_tls',
  ],
  [/UNSUPPORTED_PROTOCOL|UNKNOWN_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW/, 'version'],
  [/NO_SHARED_CIPHER|NO_SUITABLE|NO_SHARED_GROUP|ALERT_HANDSHAKE_FAILURE/, 'cipher'],
  [/NO_APPLICATION_PROTOCOL|ALERT_NO_APPLICATION/, 'alpn'],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, 'client_certificate_missing'],
  [/CERTIFICATE_VERIFY_FAILED/, 'client_certificate_refused'],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/,
    'refused_by_client',
  ],
  [/ECONNRESET|EPIPE|UNEXPECTED_EOF/, 'disconnected'],
];

/** What came first was no record of TLS; most often it is a request of HTTP. */
export function isPlainText(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST/.test(code);
}

/** Finds out what went wrong from the error of a socket. */
export function handshakeFailure(error: Error): HandshakeFailure {
  const { code = '' } = error as NodeJS.ErrnoException;
  return byCode.find(([pattern]) => pattern.test(code))?.[1] ?? 'other';
}

/**
 * Why a certificate that a client has shown is refused, for whoever runs the gateway. The client is told
 * nothing of it, as in Kong.
 */
export interface Fault {
  readonly reason: string;
  readonly help: string;
}

/** It names nobody. */
export const NO_CONSUMER: Fault = {
  reason: 'it names no consumer',
  help: 'Its alternative names and its common name are compared with what consumer_by says, letter by letter. default_consumer and skip_consumer_lookup do without.',
};

/** It is verified, but by an authority of another plugin, or was when the connection began. */
export const OTHER_AUTHORITY: Fault = {
  reason: "none of the plugin's ca_certificates vouches for it now",
  help: 'It was verified by the authority of another plugin, an authority on the way is no root (allow_partial_chain), or something on the way has expired since the connection began.',
};

/** @param problem as OpenSSL names it, such as `CERT_HAS_EXPIRED` */
export function notVerified(problem: string): Fault {
  return { reason: `it is not verified (${problem})`, help: HELP[problem] ?? OTHER_HELP };
}

const INCOMPLETE =
  'Have the client send its intermediate certificates, or list them and their root in ca_certificates.';
const OTHER_HELP = 'The name is that of an error of X509_verify_cert in OpenSSL.';

const HELP: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: INCOMPLETE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: INCOMPLETE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: INCOMPLETE,
  CERT_HAS_EXPIRED: 'The client needs a new certificate.',
  CERT_NOT_YET_VALID: 'Compare the clocks of the gateway and of the authority.',
  INVALID_PURPOSE:
    'The certificate is for servers: the client needs one with the usage clientAuth.',
};

import { count, duration, oneOf, path, toggle } from './kinds.ts';
import { lifetime } from './lifetime.ts';
import { option, optional } from './option.ts';
import { askingByName, fileList, versionList } from './tls-kinds.ts';

/** Settings of TLS towards clients. */
export const tlsOptions = {
  'ssl-cert': option(fileList(), {
    default: '',
    help: 'Certificates for clients that name no server, or one that no SNI of the configuration fits: PEM files with the chain, one for each type of key, such as RSA and ECDSA. Taken up within a second when they change on disk; a file that is no good leaves the old one in use. Without any, one that nobody trusts is made at the start.',
    example: '/etc/sluice/rsa.crt,/etc/sluice/ecdsa.crt',
    kong: 'ssl_cert',
  }),
  'ssl-cert-key': option(fileList(), {
    default: '',
    help: 'The keys of `--ssl-cert`, in the same order.',
    example: '/etc/sluice/rsa.key,/etc/sluice/ecdsa.key',
    kong: 'ssl_cert_key',
  }),
  'admin-ssl-cert': option(fileList(), {
    default: '',
    help: 'Certificates of the Admin API. Without any, those of `--ssl-cert`.',
    example: '/etc/sluice/admin.crt',
    kong: 'admin_ssl_cert',
  }),
  'admin-ssl-cert-key': option(fileList(), {
    default: '',
    help: 'The keys of `--admin-ssl-cert`, in the same order.',
    example: '/etc/sluice/admin.key',
    kong: 'admin_ssl_cert_key',
  }),
  'status-ssl-cert': option(fileList(), {
    default: '',
    help: 'Certificates of the status listener. Without any, those of `--ssl-cert`.',
    example: '/etc/sluice/status.crt',
    kong: 'status_ssl_cert',
  }),
  'status-ssl-cert-key': option(fileList(), {
    default: '',
    help: 'The keys of `--status-ssl-cert`, in the same order.',
    example: '/etc/sluice/status.key',
    kong: 'status_ssl_cert_key',
  }),
  'ssl-cipher-suite': option(oneOf('modern', 'intermediate'), {
    default: 'intermediate',
    help: 'Ciphers and curves as Mozilla recommends them: `modern` is TLS 1.3 only, `intermediate` takes TLS 1.2 with forward secrecy too. What is older than that is not spoken.',
    example: 'modern',
    kong: 'ssl_cipher_suite',
  }),
  'ssl-protocols': option(versionList(), {
    default: 'TLSv1.2 TLSv1.3',
    help: 'Versions of TLS. `--ssl-cipher-suite modern` leaves TLS 1.3 alone of them.',
    example: 'TLSv1.3',
    kong: 'ssl_protocols',
  }),
  'ssl-session-tickets': option(toggle(), {
    default: 'on',
    help: 'Let clients resume a session without a full handshake, on whichever thread they arrive.',
    example: 'off',
    kong: 'ssl_session_tickets',
  }),
  'ssl-session-timeout': option(lifetime(), {
    default: '1d',
    help: 'How long a session can be resumed. A ticket is good for one to two hours in any case: its key seals for an hour, and opens for one more.',
    example: '1h',
    kong: 'ssl_session_timeout',
  }),
  'tls-ticket-keys': optional(path('FILE', 'path of a file'), {
    help: 'A file with at least 32 random bytes, the same for several nodes: from it they derive the same keys for tickets, hour by hour, so that a session begun on one can be resumed on another. Without it each node has random keys of its own.',
    example: '/run/secrets/sluice-tickets',
  }),
  'tls-handshake-timeout': option(duration({ min: 1 }), {
    default: '10s',
    help: 'How long a client may take for the handshake; then its connection is closed.',
    example: '5s',
  }),
  'tls-max-handshakes': option(count({ min: 16, max: 1_000_000 }), {
    default: '4096',
    help: 'Handshakes that one thread has under way at once. When one more begins, the one that has taken longest is given up.',
    example: '10000',
  }),
  'client-certificates': option(oneOf('off', 'optional', 'required'), {
    default: 'off',
    help: 'Whether clients of proxy and stream listeners are asked for a certificate (those of the Admin API and the status listener are not: tokens guard the one, its address the other); a listener can say otherwise (`client_certificates=`), and so can `--client-certificates-by-name`. With `optional` a client may show none; with `required` it has to. A handshake with one that no authority of `--client-certificate-authorities` vouches for fails in either case.',
    example: 'optional',
  }),
  'client-certificates-by-name': option(askingByName(), {
    default: '',
    help: 'The same for clients that ask for these server names in the handshake, whatever the listener says. A request with TLS on a connection that was asked for less than the host that it names wants is answered with 421.',
    example: 'partners.example.com=required,*.internal.example.com=optional',
  }),
  'client-certificate-authorities': optional(path('FILE', 'path of a file'), {
    help: "A PEM file with the authorities that vouch for clients' certificates. Taken up when it changes on disk.",
    example: '/etc/sluice/clients-ca.crt',
  }),
};

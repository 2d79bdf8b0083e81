import { OperatorError } from '../errors.ts';
import type { CertificateFiles, TlsSettings } from './node-settings.ts';
import { flagOf, type OptionValues } from './options.ts';

type CertificateOption = 'ssl-cert' | 'admin-ssl-cert' | 'status-ssl-cert';

/** @throws OperatorError (usage) when settings contradict each other */
export function tlsSettingsOf(values: OptionValues): TlsSettings {
  const clientCertificates = values['client-certificates'];
  const clientCertificatesByName = values['client-certificates-by-name'];
  const clientAuthorities = values['client-certificate-authorities'] ?? null;
  const asked = [
    clientCertificates,
    ...clientCertificatesByName.map(([, asking]) => asking),
    ...[...values['proxy-listen'], ...values['stream-listen']].map((one) => one.clientCertificates),
  ];
  if (asked.some((one) => one === 'required' || one === 'optional') && clientAuthorities === null) {
    throw usage(
      'clients are asked for certificates, but no authority vouches for any',
      'Name a file with --client-certificate-authorities.',
    );
  }
  const [minVersion = 'TLSv1.2', maxVersion = minVersion] = spoken(values);
  return {
    certificates: pairs(values, 'ssl-cert'),
    adminCertificates: pairs(values, 'admin-ssl-cert'),
    statusCertificates: pairs(values, 'status-ssl-cert'),
    cipherSuite: values['ssl-cipher-suite'],
    minVersion,
    maxVersion,
    sessionTickets: values['ssl-session-tickets'],
    sessionTimeout: values['ssl-session-timeout'],
    ticketSecret: values['tls-ticket-keys'] ?? null,
    handshakeTimeout: values['tls-handshake-timeout'],
    maxHandshakes: values['tls-max-handshakes'],
    clientCertificates,
    clientCertificatesByName,
    clientAuthorities,
  };
}

function spoken(values: OptionValues): OptionValues['ssl-protocols'] {
  const versions = values['ssl-protocols'];
  if (values['ssl-cipher-suite'] !== 'modern') return versions;
  if (versions.includes('TLSv1.3')) return ['TLSv1.3'];
  throw usage(
    '--ssl-cipher-suite modern speaks TLSv1.3 only, which --ssl-protocols leaves out',
    'Choose --ssl-cipher-suite intermediate, or add TLSv1.3.',
  );
}

function pairs(values: OptionValues, option: CertificateOption): CertificateFiles[] {
  const certificates = values[option];
  const keys = values[`${option}-key`];
  if (certificates.length !== keys.length) {
    const counts = `${certificates.length} and ${keys.length} files`;
    throw usage(
      `${flagOf(option)} and ${flagOf(`${option}-key`)} name ${counts}`,
      'Each certificate needs its key, in the same order.',
    );
  }
  return certificates.map((cert, index) => ({ cert, key: keys[index] ?? '' }));
}

function usage(message: string, help: string): OperatorError {
  return new OperatorError(message, { exitCode: 2, help });
}

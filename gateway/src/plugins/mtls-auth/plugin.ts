import type { X509Certificate } from 'node:crypto';
import {
  authentication,
  setAuthenticatedGroups,
  type Refusal,
} from '../../plugin/authentication.ts';
import { consumerBy } from '../../plugin/consumer-by.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { SeldomLog } from '../../plugin/seldom-log.ts';
import { Authorities } from './authorities.ts';
import { NO_CONSUMER, notVerified, OTHER_AUTHORITY, type Fault } from './faults.ts';
import { mtlsAuthConfig } from './schema.ts';
import { subjectOf, type Subject } from './subject.ts';

const DN_FIELD = 'X-Client-Cert-DN';
const SAN_FIELD = 'X-Client-Cert-SAN';
const FIELDS = new FieldNames([DN_FIELD, SAN_FIELD]);

/** Kept as long as the connection. */
const subjects = new WeakMap<X509Certificate, Subject>();

/** Knows consumers by the certificate that they show when TLS begins. */
export const mtlsAuth = definePlugin({
  name: 'mtls-auth',
  summary: 'Lets requests pass whose client shows a certificate that an authority vouches for.',
  version: '1.0.0',
  priority: 1600,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: mtlsAuthConfig,

  setup(config, env) {
    const { directory } = env;
    const { ca_certificates: ids, allow_partial_chain: partial } = config;
    const authorities = new Authorities(env, ids, partial);
    const log = new SeldomLog(env);

    function verifyCertificate(ex: Exchange): Refusal | null {
      const { tls } = ex.connection;
      if (tls === null) return missing;
      if (!tls.clientWasAsked) return elsewhere;
      const { clientCertificate: certificate, clientVerified } = tls;
      if (certificate === null) return missing;
      if (clientVerified !== true) return refuse(ex, certificate, notVerified(tls.clientProblem));
      if (!authorities.vouchFor(certificate)) return refuse(ex, certificate, OTHER_AUTHORITY);
      const subject = knownSubject(certificate);
      return config.skip_consumer_lookup
        ? passBearer(ex, certificate, subject)
        : identify(ex, certificate, subject);
    }

    function refuse(ex: Exchange, { subject }: X509Certificate, { reason, help }: Fault): Refusal {
      const details = { help, subject: subject?.replaceAll('\n', ', '), request_id: ex.id };
      log.warn(`a client certificate is refused: ${reason}`, details);
      return refused;
    }

    function passBearer(ex: Exchange, { fingerprint256: id }: X509Certificate, of: Subject): null {
      const group = config.authenticated_group_by === 'DN' ? of.distinguishedName : of.commonName;
      ex.authenticate(null, { id, consumerId: '' }, identifierIn(of));
      setAuthenticatedGroups(ex, group === null ? [] : [group]);
      ex.request.setHeader(DN_FIELD, fieldValue(of.distinguishedName));
      if (of.alternativeNames !== '') {
        ex.request.setHeader(SAN_FIELD, fieldValue(of.alternativeNames));
      }
      return null;
    }

    function identify(ex: Exchange, certificate: X509Certificate, of: Subject): Refusal | null {
      const { fingerprint256: id } = certificate;
      for (const name of of.names) {
        const consumer = consumerBy(directory, config.consumer_by, name);
        if (consumer === undefined) continue;
        ex.authenticate(consumer, { id, consumerId: consumer.id }, fieldValue(name));
        return null;
      }
      const { default_consumer: fallback } = config;
      const consumer = fallback === null ? undefined : directory.consumerByIdOrName(fallback);
      if (consumer === undefined) return refuse(ex, certificate, NO_CONSUMER);
      ex.authenticate(consumer, { id, consumerId: consumer.id }, identifierIn(of));
      return null;
    }

    const authenticate = authentication({
      verify: verifyCertificate,
      anonymous: config.anonymous,
      env,
    });

    return {
      clientAuthorities: { ids, partial },
      access: function checkCertificate(ex) {
        // Nobody but this plugin says what they say.
        ex.request.withholdHeaders(FIELDS);
        return authenticate(ex);
      },
    };
  },
});

const missing = refusal(401, 'No required TLS certificate was sent');
const refused = refusal(401, 'TLS certificate failed verification');
/** The connection began with another server name, for which clients are not asked. */
const elsewhere = refusal(421, 'Misdirected Request');

function refusal(status: number, message: string): Refusal {
  return { status, message, headers: {}, body: 'negotiated' };
}

function knownSubject(certificate: X509Certificate): Subject {
  let subject = subjects.get(certificate);
  if (subject === undefined) {
    subject = subjectOf(certificate);
    subjects.set(certificate, subject);
  }
  return subject;
}

function identifierIn({ names, distinguishedName }: Subject): string {
  return fieldValue(names[0] ?? distinguishedName);
}

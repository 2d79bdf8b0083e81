import type { ConsumerInfo, CredentialInfo } from '../../plugin/exchange.ts';
import { IDENTITY_NAMES } from '../../plugin/identity-names.ts';
import { Credential, identifierLine } from '../plan/consumer.ts';
import type { HttpExchange } from './exchange.ts';

/* Who sent a request, and what the upstream is told of that. */

const NO_NAMES: readonly string[] = [];

/** @param identifier of the credential, for the upstream; undefined for none */
export function identify(
  ex: HttpExchange,
  consumer: ConsumerInfo | null,
  credential: CredentialInfo | null,
  identifier: string | undefined,
): void {
  forgetIdentity(ex);
  ex.consumer = consumer;
  ex.credential = credential;
  if (
    credential instanceof Credential &&
    consumer === credential.owner &&
    identifier === credential.id
  ) {
    ex.upstreamLines = credential.identityLines;
    return;
  }
  ex.upstreamLines = consumer === null ? '' : consumer.headerLines;
  if (identifier !== undefined) ex.upstreamLines += identifierLine(identifier);
}

/** Nobody authenticated: the request goes on as this consumer, and the upstream knows. */
export function identifyAsAnonymous(ex: HttpExchange, consumer: ConsumerInfo): void {
  forgetIdentity(ex);
  ex.consumer = consumer;
  ex.credential = null;
  ex.upstreamLines = `${consumer.headerLines}X-Anonymous-Consumer: true\r\n`;
}

/** From here on the lines for the upstream are among the fields that plugins see and change. */
export function joinUpstreamLines(ex: HttpExchange): void {
  const claimed = ex.hasJoinedLines ? NO_NAMES : IDENTITY_NAMES;
  ex.hasJoinedLines = true;
  ex.changeableFields().setLines(claimed, ex.upstreamLines);
  ex.upstreamLines = '';
}

/** What was said of another identity goes, wherever it stands. */
function forgetIdentity(ex: HttpExchange): void {
  if (ex.hasJoinedLines) ex.requestFields?.setLines(IDENTITY_NAMES, '');
}

import { inOnePiece } from '../../in-one-piece.ts';
import type { ConsumerInfo, CredentialInfo, Identity } from '../../plugin/exchange.ts';
import { FieldLines } from '../../plugin/field-lines.ts';
import { Credential, identifierLine } from '../plan/consumer.ts';
import type { HttpExchange } from './exchange.ts';

/* Who sent a request, and what the upstream is told of that. */

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

/** What `identify` led to, with the lines that were added since. */
export function identityOf({ consumer, credential, upstreamLines }: HttpExchange): Identity {
  const until = credential instanceof Credential ? credential.expiresAt : undefined;
  return { consumer, credential, lines: inOnePiece(upstreamLines), until: until ?? Infinity };
}

/** As `identify`, with what that led to before. */
export function identifyAgain(ex: HttpExchange, known: Identity): void {
  forgetIdentity(ex);
  ex.consumer = known.consumer;
  ex.credential = known.credential;
  ex.upstreamLines = known.lines;
}

/** Nobody authenticated: the request goes on as this consumer, and the upstream knows. */
export function identifyAsAnonymous(ex: HttpExchange, consumer: ConsumerInfo): void {
  forgetIdentity(ex);
  ex.consumer = consumer;
  ex.credential = null;
  ex.upstreamLines = `${consumer.headerLines}X-Anonymous-Consumer: true\r\n`;
}

/** What is added for the upstream until now is among the fields that plugins see and change. */
export function joinUpstreamLines(ex: HttpExchange): void {
  const fields = ex.changeableFields();
  fields.removeClaimedIdentity();
  if (ex.upstreamLines !== '') fields.addLines(FieldLines.ofRecurring(ex.upstreamLines));
  ex.upstreamLines = '';
}

/** What was said of another identity goes, wherever it stands. */
function forgetIdentity(ex: HttpExchange): void {
  if (ex.requestFields !== null) ex.requestFields.removeIdentity();
}

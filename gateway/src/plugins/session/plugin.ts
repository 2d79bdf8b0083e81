import { authenticatedGroups, setAuthenticatedGroups } from '../../plugin/authentication.ts';
import { removeCookies } from '../../plugin/cookies.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { CredentialInfo, Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { fingerprintOf } from './fingerprint.ts';
import { logoutCheck } from './logout.ts';
import { sessionConfig } from './schema.ts';
import { SessionHeaders } from './session-headers.ts';
import { newSession, type Session } from './session.ts';
import { Sessions } from './sessions.ts';

interface Current {
  readonly session: Session;
  /** The client gets a cookie. */
  readonly isNew: boolean;
}

/** What became of the session of a request. */
interface Found extends Current {
  /** The session has ended: the client is to forget it. */
  readonly isOver: boolean;
}

const FOUND = Symbol('session of this request');

/** Spares clients that have logged in to do so again, by an encrypted cookie. */
export const session = definePlugin({
  name: 'session',
  summary:
    'Keeps clients logged in, by an encrypted cookie, once another plugin knows who they are.',
  version: '1.0.0',
  priority: 1900,
  protocols: HTTP_PROTOCOLS,
  anyProtocol: true,
  forbids: ['consumer'],
  config: sessionConfig,

  setup(config, env) {
    const { directory } = env;
    const sessions = new Sessions(config, env);
    const { names } = sessions;
    const asksToLogOut = logoutCheck(config);
    const toService = new SessionHeaders(config.request_headers, config);
    const toClient = new SessionHeaders(config.response_headers, config);
    if (config.cookie_same_site === 'None' && config.cookie_secure === false) {
      env.log.warn('browsers refuse cookies with SameSite=None that are not secure', {
        help: 'Set cookie_secure to true, or cookie_same_site to something else.',
      });
    }

    function access(ex: Exchange): void | Promise<void> {
      const { request } = ex;
      if (toService.names.lower.length > 0) request.withholdHeaders(toService.names);
      if (request.header('cookie') === undefined) return;
      const found = sessions.find(request);
      if (!config.forward_cookie) removeCookies(request, names);
      if (found === null) return;
      const leaves = asksToLogOut(ex);
      if (typeof leaves === 'boolean') goOn(ex, found, leaves);
      else return leaves.then((left) => goOn(ex, found, left));
    }

    function goOn(ex: Exchange, found: Current, leaves: boolean): void {
      // Reading the body may have ended the exchange.
      if (ex.answered) return;
      const isOver = leaves || !identify(ex, found.session);
      ex.setState(FOUND, { ...found, isOver } satisfies Found);
      if (!leaves) return;
      sessions.end(found.session);
      ex.respond(200);
    }

    /** @returns false where there is no longer who has logged in, or what with */
    function identify(ex: Exchange, { consumer: id, ...data }: Session): boolean {
      const consumer = directory.consumer(id);
      if (consumer === undefined) return false;
      let credential: CredentialInfo = { id: data.credential, consumerId: id };
      if (data.fingerprint !== null) {
        const known = directory.credentialById(data.credential);
        if (known === undefined || known.consumerId !== id) return false;
        if (fingerprintOf(known) !== data.fingerprint) return false;
        credential = known;
      }
      ex.authenticate(consumer, credential, fieldValue(data.credential));
      if (data.groups !== null) setAuthenticatedGroups(ex, data.groups);
      const session = { consumer: id, ...data };
      for (const [name, value] of toService.of(session, sessions.left(session))) {
        ex.request.setHeader(name, value);
      }
      return true;
    }

    function responseHeaders(ex: Exchange): void {
      const found = ex.state(FOUND) as Found | undefined;
      const current = sessionOf(ex, found);
      for (const cookie of cookiesFor(current, found)) ex.response.addHeader('Set-Cookie', cookie);
      if (current === null) return;
      for (const [name, value] of toClient.of(current.session, sessions.left(current.session))) {
        ex.response.setHeader(name, value);
      }
    }

    /** The session that the client has after this exchange. */
    function sessionOf(ex: Exchange, found: Found | undefined): Current | null {
      const { consumer, credential } = ex;
      // Whoever goes on as the anonymous consumer has no credential.
      if (consumer === null || credential === null) return null;
      const isSame =
        found?.session.consumer === consumer.id && found.session.credential === credential.id;
      if (isSame && !found.isOver) return found;
      const known = directory.credentialById(credential.id);
      const begun = newSession(
        {
          consumer: consumer.id,
          credential: credential.id,
          fingerprint: known === undefined ? null : fingerprintOf(known),
          groups: authenticatedGroups(ex) ?? null,
          subject: consumer.username ?? consumer.custom_id ?? consumer.id,
        },
        sessions.now,
      );
      return { session: begun, isNew: true };
    }

    function cookiesFor(current: Current | null, found: Found | undefined): readonly string[] {
      if (current !== null) return current.isNew ? sessions.cookiesFor(current.session) : NONE;
      return found?.isOver === true ? sessions.noCookies() : NONE;
    }

    return { access, responseHeaders };
  },
});

const NONE: readonly string[] = [];

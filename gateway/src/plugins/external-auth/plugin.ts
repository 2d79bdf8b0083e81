import {
  authentication,
  setAuthenticatedGroups,
  type Refusal,
} from '../../plugin/authentication.ts';
import { consumerBy } from '../../plugin/consumer-by.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import { passesWithoutAnswer } from '../../plugin/peer/without-answer.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { Authority } from './authority.ts';
import { Denial, Permission, type Decision } from './decision.ts';
import { externalAuthChecks, externalAuthConfig } from './schema.ts';

/** Asks an HTTP service who sends a request, and whether it may pass. */
export const externalAuth = definePlugin({
  name: 'external-auth',
  summary: 'Asks an HTTP service about each request: who sends it, and whether it may pass.',
  version: '1.0.0',
  priority: 1350,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: externalAuthConfig,
  checks: externalAuthChecks,

  setup(config, env) {
    const { directory } = env;
    const authority = new Authority(config, env);
    const decided = Symbol('decision');
    /** What is not the client's to say, and what is to be hidden. */
    const withheld = new FieldNames([...config.upstream_headers, ...config.hide_headers]);

    function verifyRequest(ex: Exchange): Refusal | null | Promise<Refusal | null> {
      const decision = authority.of(ex);
      if (!(decision instanceof Promise)) return conclude(ex, decision);
      return decision.then(
        (one) => conclude(ex, one),
        (error: unknown) => withoutAnswer(ex, error),
      );
    }

    function conclude(ex: Exchange, decision: Decision): Refusal | null {
      if (!(decision instanceof Denial)) return identify(ex, decision);
      ex.setState(decided, decision);
      return refusalOf(decision);
    }

    function identify(ex: Exchange, permission: Permission): Refusal | null {
      const { consumer: name } = permission;
      const consumer = name === null ? undefined : consumerBy(directory, config.consumer_by, name);
      if (consumer === undefined && config.consumer_header !== null && !config.consumer_optional) {
        return unknown;
      }
      const identifier = permission.identifier ?? (name === null ? null : fieldValue(name));
      const id = `${authority.peer} ${identifier ?? ''}`;
      const credential = { id, consumerId: consumer?.id ?? '' };
      ex.authenticate(consumer ?? null, credential, identifier ?? undefined);
      if (permission.groups !== null) setAuthenticatedGroups(ex, permission.groups);
      withhold(ex);
      for (const [field, value] of permission.upstream) ex.request.setHeader(field, value);
      ex.setState(decided, permission);
      return null;
    }

    /** The service was asked by now, which may need to know what the client says. */
    function withhold({ request }: Exchange): void {
      request.withholdHeaders(withheld);
    }

    const failing = {
      peer: authority.peer,
      onFailure: config.on_failure,
      message: 'Requests cannot be authenticated at the moment',
    };

    function withoutAnswer(ex: Exchange, error: unknown): Refusal | null {
      const passes = passesWithoutAnswer(ex, error, failing, env);
      return passes && config.anonymous !== null ? unknown : null;
    }

    const authenticate = authentication({
      verify: verifyRequest,
      anonymous: config.anonymous,
      runOnPreflight: config.run_on_preflight,
      env,
    });

    function finish(ex: Exchange): void {
      const decision = ex.state(decided) as Decision | undefined;
      // What the service says to the client belongs to its refusal, not to one that comes later.
      if (!ex.answered && decision instanceof Denial) ex.setState(decided, undefined);
      if (!(decision instanceof Permission)) withhold(ex);
    }

    function access(ex: Exchange): void | Promise<void> {
      const done = authenticate(ex);
      if (done instanceof Promise) return done.then(() => finish(ex));
      finish(ex);
    }

    function tellClient(ex: Exchange): void {
      const decision = ex.state(decided) as Decision | undefined;
      const told = new Set<string>();
      for (const [name, value] of decision?.client ?? []) {
        const lower = name.toLowerCase();
        // A cookie stands beside those of others; anything else is said in their place.
        if (lower === 'set-cookie' || told.has(lower)) ex.response.addHeader(name, value);
        else ex.response.setHeader(name, value);
        told.add(lower);
      }
    }

    const tells = config.client_headers.length + config.refusal_headers.length > 0;
    return {
      access,
      ...(tells ? { responseHeaders: tellClient } : {}),
      dispose: authority.dispose,
    };
  },
});

const unknown: Refusal = {
  status: 401,
  message: 'Unauthorized',
  headers: {},
  body: 'negotiated',
};

const messages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'You cannot consume this service',
};

function refusalOf({ status, content }: Denial): Refusal {
  return {
    status,
    message: messages[status] ?? 'The request is refused',
    headers: {},
    body: 'negotiated',
    ...(content === null ? {} : { content }),
  };
}

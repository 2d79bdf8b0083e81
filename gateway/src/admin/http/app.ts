import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { routePath } from 'hono/route';
import { isAllowed } from '../access.ts';
import { AdminError, type AdminAnswer, type Endpoint, type Method } from '../endpoint.ts';
import { errorAnswer } from '../errors/error-answer.ts';
import type { AdminParts } from '../parts.ts';
import { principalOf } from './authentication.ts';
import { corsHeaders, isPreflight, optionsHeaders } from './cors.ts';
import { parseBody } from './parse-body.ts';
import { allowedMethods, mostSpecificFirst, routePattern } from './routing.ts';
import { toResponse } from './to-response.ts';

interface Bindings {
  Bindings: HttpBindings;
}
type Request = Context<Bindings>;

/** Makes the application that answers at all endpoints. */
export function createApp(parts: AdminParts): Hono<Bindings> {
  // Not strict: a slash at the end of a path makes no difference.
  const app = new Hono<Bindings>({ strict: false });
  for (const endpoint of mostSpecificFirst(parts.endpoints)) {
    if (Object.keys(endpoint.methods).length > 0) addEndpoint(app, parts, endpoint);
  }
  app.notFound((request) =>
    answer(parts, request, async () => {
      await authenticated(parts, request);
      throw new AdminError(404, { message: 'Not found' });
    }),
  );
  return app;
}

function addEndpoint(app: Hono<Bindings>, parts: AdminParts, endpoint: Endpoint): void {
  const pattern = routePattern(endpoint.path);
  const allowed = allowedMethods(endpoint);
  app.options(pattern, (request) =>
    answer(parts, request, async () => {
      const headers = headersOf(request);
      if (!isPreflight(headers, parts.corsOrigins)) await authenticated(parts, request);
      return { status: 204, headers: optionsHeaders(headers, allowed) };
    }),
  );
  for (const method of Object.keys(endpoint.methods) as Method[]) {
    app.on(method, pattern, (request) =>
      answer(parts, request, () => operate(parts, request, endpoint, method)),
    );
  }
  app.all(pattern, (request) =>
    answer(parts, request, async () => {
      await authenticated(parts, request);
      throw new AdminError(405, { message: 'Method not allowed' }, { Allow: allowed });
    }),
  );
}

async function operate(
  parts: AdminParts,
  request: Request,
  endpoint: Endpoint,
  method: Method,
): Promise<AdminAnswer> {
  const principal = await authenticated(parts, request);
  const params = request.req.param() as Readonly<Record<string, string>>;
  if (!isAllowed(principal, { method, endpoint: endpoint.path, params })) {
    throw new AdminError(403, { message: 'this token does not allow that' });
  }
  const operation = endpoint.methods[method];
  if (operation === undefined) throw new Error(`${method} ${endpoint.path} has no operation`);
  const { incoming } = request.env;
  const url = incoming.url ?? '';
  const question = url.indexOf('?');
  const result = await operation.handle({
    method,
    params,
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    headers: headersOf(request),
    principal,
    body: () => parseBody(incoming, operation.accepts),
  });
  const served = String(parts.live.current.revision);
  return { ...result, headers: { 'X-Sluice-Revision': served, ...result.headers } };
}

function authenticated(parts: AdminParts, request: Request): ReturnType<typeof principalOf> {
  return principalOf(headersOf(request), parts.authenticate, parts.corsOrigins);
}

/** Node gives every field but Set-Cookie, which no client sends, as one text. */
function headersOf(request: Request): Readonly<Record<string, string | undefined>> {
  const headers = request.env.incoming.headers as Record<string, string | undefined>;
  // HTTP/2 has another name for it.
  return headers.host === undefined ? { ...headers, host: headers[':authority'] } : headers;
}

/** Answers a request, whatever becomes of it. */
async function answer(
  { log, corsOrigins }: AdminParts,
  request: Request,
  work: () => Promise<AdminAnswer> | AdminAnswer,
): Promise<Response> {
  const started = performance.now();
  let result: AdminAnswer;
  try {
    result = await work();
  } catch (error) {
    const { method = '' } = request.env.incoming;
    result = errorAnswer(error, {
      writes: !['GET', 'HEAD', 'OPTIONS'].includes(method),
      report: (problem) => {
        // The path as it was sent may hold the key of a consumer.
        log.error(`Admin API: ${problem}`, { method, endpoint: routePath(request) });
      },
    });
  }
  return toResponse(result, {
    ...corsHeaders(headersOf(request), corsOrigins),
    'X-Kong-Admin-Latency': String(Math.round(performance.now() - started)),
  });
}

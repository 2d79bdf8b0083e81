import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { fieldValue, headerLine, inOnePiece } from '../../plugin/header-line.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { grantsOf, type Grants } from './grants.ts';
import { corsConfig, METHODS } from './schema.ts';

/** Responses of one instance are the same for the same origin; most have few. */
const KEPT_ORIGINS = 1000;
const LONGEST_KEPT = 300;

/** Tells browsers which pages may read what routes answer, and answers their preflights. */
export const cors = definePlugin({
  name: 'cors',
  summary: 'Lets pages of other origins read responses (CORS), and answers preflights.',
  version: '1.0.0',
  priority: 2000,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: corsConfig,

  setup(config, env) {
    const grant = grantsOf(config, env.log);
    const preflight = Symbol('preflight');
    const allowedHeaders = listOf(config.headers);
    const allowedMethods = fieldValue((config.methods ?? METHODS).join(','));
    const maxAge = config.max_age === null ? null : String(config.max_age);
    const exposed = listOf(config.exposed_headers);
    const names = ['Access-Control-Allow-Origin'];
    if (config.credentials) names.push('Access-Control-Allow-Credentials');
    if (exposed !== null) names.push('Access-Control-Expose-Headers');
    const replaced = new FieldNames(names);
    const linesByOrigin = new RecentMap<FieldLines>(KEPT_ORIGINS);
    let lastOrigin: string | undefined;
    let lastLines: FieldLines | null = null;

    function linesFor(origin: string | undefined): FieldLines {
      // A page asks many times, and a comparison takes less than to look it up.
      if (lastLines !== null && origin === lastOrigin) return lastLines;
      lastLines = linesOf(origin);
      lastOrigin = origin;
      return lastLines;
    }

    function linesOf(origin: string | undefined): FieldLines {
      const kept = linesByOrigin.get(origin ?? '');
      if (kept !== undefined) return kept;
      const { vary, allowOrigin, allowCredentials } = grant(origin);
      let text = vary ? 'vary: Origin\r\n' : '';
      if (allowOrigin !== null) text += headerLine('Access-Control-Allow-Origin', allowOrigin);
      if (allowCredentials) text += 'Access-Control-Allow-Credentials: true\r\n';
      if (exposed !== null) text += `Access-Control-Expose-Headers: ${exposed}\r\n`;
      const lines = FieldLines.of(inOnePiece(text));
      if ((origin?.length ?? 0) <= LONGEST_KEPT) linesByOrigin.set(origin ?? '', lines);
      return lines;
    }

    function answerPreflight(ex: Exchange, origin: string): void {
      const { request } = ex;
      const headers = fieldsOf(grant(origin));
      const asked = request.header('access-control-request-headers');
      const mayHave = allowedHeaders ?? asked;
      if (mayHave !== undefined) headers['Access-Control-Allow-Headers'] = mayHave;
      headers['Access-Control-Allow-Methods'] = allowedMethods;
      if (maxAge !== null) headers['Access-Control-Max-Age'] = maxAge;
      if (config.private_network && asksPrivately(request)) {
        headers['Access-Control-Allow-Private-Network'] = 'true';
      }
      ex.respond(200, null, headers);
    }

    return {
      access: function takePreflight(ex) {
        const { request } = ex;
        if (request.method !== 'OPTIONS') return;
        const origin = request.header('origin');
        if (!origin || !request.header('access-control-request-method')) return;
        ex.setState(preflight, true);
        if (!config.preflight_continue) answerPreflight(ex, origin);
      },
      responseHeaders: function allowReading(ex) {
        if (ex.state(preflight) === true) return;
        ex.response.setLines(replaced, linesFor(ex.request.header('origin')));
      },
    };
  },
});

function listOf(values: readonly string[] | null): string | null {
  return values === null || values.length === 0 ? null : fieldValue(values.join(','));
}

function fieldsOf({ vary, allowOrigin, allowCredentials }: Grants): Record<string, string> {
  return {
    ...(vary && { vary: 'Origin' }),
    ...(allowOrigin !== null && { 'Access-Control-Allow-Origin': allowOrigin }),
    ...(allowCredentials && { 'Access-Control-Allow-Credentials': 'true' }),
  };
}

function asksPrivately(request: RequestView): boolean {
  return request.header('access-control-request-private-network') === 'true';
}

import { finalStatus } from '../../plugin/final-status.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import type { Exchange, RequestView } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { echoOf } from './echo.ts';

/** Answers requests itself, with a fixed response. */
export const requestTermination = definePlugin({
  name: 'request-termination',
  summary: 'Answers requests with a fixed response; the service is not asked.',
  version: '1.0.0',
  priority: 2,
  protocols: HTTP_PROTOCOLS,
  config: f.record(
    {
      status_code: f.integer({
        required: true,
        default: 503,
        between: [100, 599],
        description: 'Status of the response.',
      }),
      message: f.string({
        description:
          'Text that is sent as `{"message": …}`. Not together with `content_type` or `body`.',
      }),
      content_type: f.string({ description: 'Content-Type of `body`, which it needs.' }),
      body: f.string({ description: 'Body of the response, sent as it stands.' }),
      echo: f.boolean({
        required: true,
        default: false,
        description: 'Whether to answer with a description of the request, for debugging.',
      }),
      trigger: f.string({
        description:
          'Name of a header or query argument. Only requests that have it are answered; the others pass.',
      }),
    },
    { required: true, check: bodyRules },
  ),

  setup(config, env) {
    const status = finalStatus(config.status_code, 503, env.log);
    const trigger = config.trigger ?? null;
    const message = config.message ?? DEFAULT_MESSAGES.get(status);
    const terminate = config.echo
      ? (ex: Exchange) => echo(ex, status, message)
      : fixedResponse(status, config.body ?? null, config.content_type ?? null, message);

    if (trigger === null) return { access: terminate };
    const header = trigger.toLowerCase();
    return {
      access: function terminateIfTriggered(ex) {
        if (isTriggered(ex.request, header, trigger)) return terminate(ex);
      },
    };
  },
});

const DEFAULT_MESSAGES: ReadonlyMap<number, string> = new Map([
  [401, 'Unauthorized'],
  [404, 'Not found'],
  [405, 'Method not allowed'],
  [500, 'An unexpected error occurred'],
  [502, 'Bad Gateway'],
  [503, 'Service unavailable'],
]);

function bodyRules(config: Readonly<Record<string, unknown>>): string | undefined {
  const has = (name: string): boolean => config[name] !== undefined && config[name] !== null;
  if (has('message') && (has('content_type') || has('body'))) {
    return 'message cannot be used with content_type or body';
  }
  return has('content_type') && !has('body') ? 'content_type requires a body' : undefined;
}

function isTriggered(request: RequestView, header: string, argument: string): boolean {
  return request.header(header) !== undefined || request.queryArgument(argument) !== undefined;
}

function fixedResponse(
  status: number,
  body: string | null,
  contentType: string | null,
  message: string | undefined,
): (ex: Exchange) => void {
  const content = body ?? (message === undefined ? null : { message });
  const headers = body !== null && contentType !== null ? { 'Content-Type': contentType } : {};
  return function terminate(ex) {
    ex.respond(status, content, headers);
  };
}

async function echo(ex: Exchange, status: number, message: string | undefined): Promise<void> {
  const description = await echoOf(ex, message);
  if (!ex.answered) ex.respond(status, description);
}

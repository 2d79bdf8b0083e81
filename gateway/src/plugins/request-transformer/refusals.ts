import type { Exchange, PluginLog } from '../../plugin/plugin.ts';
import { RenderError } from '../../plugin/template/template-error.ts';
import { TooManyFields } from './body-changes.ts';
import type { VARIABLES } from './request-scope.ts';
import { UnfitValue } from './unfit-value.ts';

/** Most different messages that are told; there are hardly more templates in a configuration. */
const MOST_TOLD = 50;

/** Variables that hold what clients send: where something is missing, a client may have left it out. */
const OF_THE_CLIENT: readonly (typeof VARIABLES)[number][] = [
  'headers',
  'query_params',
  'uri_captures',
];

/** Answers requests that cannot be changed as they are meant to be, and tells the operator of his part. */
export function refusals(log: PluginLog): (ex: Exchange, error: unknown) => void {
  const told = new Set<string>();
  return function refuse(ex, error) {
    if (error instanceof UnfitValue) ex.error(400, 'Bad request');
    else if (error instanceof TooManyFields) ex.error(413, 'Payload too large');
    else if (error instanceof RenderError) {
      const { message } = error;
      if (!told.has(message) && told.size < MOST_TOLD) {
        told.add(message);
        log.error(`a request could not be changed: ${message}`, {
          help: 'Say what to take where something is missing, as in $(headers.x or "none"). Told once.',
        });
      }
      const { isMissing, reads } = error;
      if (isMissing && OF_THE_CLIENT.some((name) => reads.has(name))) ex.error(400, 'Bad request');
      else ex.error(500, 'An unexpected error occurred');
    } else throw error;
  };
}

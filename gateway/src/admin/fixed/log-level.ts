import { sendLogLevel } from '../../control/shared-log-level.ts';
import { AdminError, type AdminAnswer, type AdminRequest, type Endpoint } from '../endpoint.ts';
import { reading } from './operations.ts';
import type { FixedParts } from './parts.ts';

/** How long a level stays unless the client says otherwise, s. */
const USUAL_TIME = 60;

const timeout = {
  timeout: {
    type: 'integer',
    minimum: 0,
    default: USUAL_TIME,
    description: 'Seconds after which the configured level is back; 0 for never.',
  },
};

/** Reading and changing the level of the gateway's own log. */
export function logLevelEndpoints(parts: FixedParts): Endpoint[] {
  const { node } = parts;
  return [
    {
      path: '/debug/node/log-level',
      methods: {
        GET: reading('Tell the log level of this node', () => ({
          message: `log level: ${node.logLevel.current}`,
        })),
      },
    },
    {
      path: '/debug/node/log-level/{log_level}',
      methods: {
        PUT: {
          summary: 'Change the log level of this node for a time',
          describes: { query: timeout },
          handle: (request) => changeHere(parts, request),
        },
      },
    },
    {
      path: '/debug/cluster/log-level/{log_level}',
      methods: {
        PUT: {
          summary: 'Change the log level of every node for a time',
          describes: { query: timeout },
          handle: (request) => changeEverywhere(parts, request),
        },
      },
    },
  ];
}

function changeHere(parts: FixedParts, request: AdminRequest): AdminAnswer {
  const { name, seconds } = wanted(parts, request);
  const { logLevel } = parts.node;
  if (logLevel.current === name) {
    return { status: 200, body: { message: `log level is already ${name}` } };
  }
  logLevel.change(name, seconds);
  return changed;
}

/** This node hears of it as the others do. */
async function changeEverywhere(parts: FixedParts, request: AdminRequest): Promise<AdminAnswer> {
  const { name, seconds } = wanted(parts, request);
  await sendLogLevel(parts.live.store, name, seconds);
  return changed;
}

const changed: AdminAnswer = { status: 200, body: { message: 'log level changed' } };

/** @throws AdminError */
function wanted(
  { live, node }: FixedParts,
  { params, query }: AdminRequest,
): { readonly name: string; readonly seconds: number } {
  if (live.mode === 'file') {
    throw new AdminError(405, { message: 'cannot change log level when not using a database' });
  }
  const { log_level: name = '' } = params;
  if (!node.logLevel.has(name)) {
    throw new AdminError(400, { message: `unknown log level: ${name}` });
  }
  return { name, seconds: secondsIn(query.get('timeout')) };
}

/** What is no number counts as not given, as in Kong. */
function secondsIn(text: string | null): number {
  const given = text === null || text.trim() === '' ? NaN : Math.ceil(Number(text));
  if (Number.isNaN(given)) return USUAL_TIME;
  if (given >= 0) return given;
  throw new AdminError(400, { message: 'timeout must be greater than or equal to 0' });
}

import { f, type InferRecord } from '../plugin.ts';
import type { PeerOptions } from './peer.ts';

/** Fields of the configuration of a plugin that asks a server for each request. */
export const peerFields = {
  timeout: f.integer({
    required: true,
    default: 10_000,
    between: [1, 600_000],
    description: 'Longest time for the server to answer, in ms, the wait for a turn included.',
  }),
  keepalive: f.integer({
    required: true,
    default: 60_000,
    between: [0, 3_600_000],
    description: 'How long a connection to the server is kept that is not in use, in ms.',
  }),
  ssl_verify: f.boolean({
    required: true,
    default: true,
    beyondKong: true,
    description:
      'Whether a server of `https` needs a certificate that an authority vouches for: those that Node knows, and those in the file that `NODE_EXTRA_CA_CERTS` names.',
  }),
  on_failure: f.string({
    required: true,
    default: 'closed',
    one_of: ['closed', 'open'],
    beyondKong: true,
    description:
      'What becomes of requests while the server is away: `closed` answers them with 503, `open` lets them pass. Where it answers, but nothing of use, that is 503 either way.',
  }),
  max_in_flight: f.integer({
    required: true,
    default: 64,
    between: [1, 10_000],
    beyondKong: true,
    description: 'How many questions a thread asks the server at the same time.',
  }),
  max_waiting: f.integer({
    required: true,
    default: 256,
    between: [0, 100_000],
    beyondKong: true,
    description:
      'How many more may wait for their turn. Of all of them a single client address gets half; whoever comes beyond that is answered with 503.',
  }),
} as const;

type PeerConfig = InferRecord<{ readonly type: 'record'; readonly fields: typeof peerFields }>;

/** @param limit longest body of an answer, bytes */
export function peerOptions(config: PeerConfig, limit: number): PeerOptions {
  return {
    timeout: config.timeout,
    keepAlive: config.keepalive,
    mostAtOnce: config.max_in_flight,
    mostWaiting: config.max_waiting,
    verify: config.ssl_verify,
    limit,
  };
}

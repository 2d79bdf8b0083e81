import { count, size } from './kinds.ts';
import type { Http2Settings } from './node-settings.ts';
import { option } from './option.ts';

/** Least window for a body: what every client may send before it knows better, rounded up. */
const LEAST_WINDOW = 64 * 1024;

export const http2Options = {
  'http2-max-streams': option(count({ min: 1, max: 10_000 }), {
    default: '128',
    help: 'Requests that may be under way on one connection; further ones are refused, and clients repeat them.',
    example: '256',
    kong: 'nginx_http_http2_max_concurrent_streams',
  }),
  'http2-stream-window': option(size({ min: LEAST_WINDOW, max: 64 * 1024 ** 2 }), {
    default: '256KiB',
    help: 'How much of the body of one request a client may send ahead of the service. More makes uploads over long distances faster, and costs memory where a service is slow.',
    example: '1MiB',
    kong: 'nginx_http_http2_body_preread_size',
  }),
  'http2-connection-window': option(size({ min: LEAST_WINDOW, max: 256 * 1024 ** 2 }), {
    default: '1MiB',
    help: 'The same for all requests of one connection together.',
    example: '4MiB',
  }),
  'http2-max-resets': option(count({ min: 1, max: 1_000_000 }), {
    default: '200',
    help: 'Requests that a client may cancel, or break, within ten seconds beyond those that it lets come to their end. Then its connection is closed with ENHANCE_YOUR_CALM.',
    example: '1000',
  }),
  'http2-max-idle-frames': option(count({ min: 100, max: 1_000_000 }), {
    default: '1000',
    help: 'Frames that move no request along (SETTINGS, PING, PRIORITY, WINDOW_UPDATE, empty and unknown ones) within ten seconds, beyond four for each piece of a request or response. Then the connection is closed with ENHANCE_YOUR_CALM.',
    example: '5000',
  }),
  'http2-max-continuations': option(count({ min: 0, max: 1000 }), {
    default: '8',
    help: 'CONTINUATION frames that the head of one request may come in; more close the connection with ENHANCE_YOUR_CALM.',
    example: '16',
  }),
};

interface Http2Values {
  readonly 'http2-max-streams': number;
  readonly 'http2-stream-window': number;
  readonly 'http2-connection-window': number;
  readonly 'http2-max-resets': number;
  readonly 'http2-max-idle-frames': number;
  readonly 'http2-max-continuations': number;
}

export function http2SettingsOf(values: Http2Values): Http2Settings {
  return {
    maxStreams: values['http2-max-streams'],
    streamWindow: values['http2-stream-window'],
    connectionWindow: values['http2-connection-window'],
    maxResets: values['http2-max-resets'],
    maxIdleFrames: values['http2-max-idle-frames'],
    maxContinuations: values['http2-max-continuations'],
  };
}

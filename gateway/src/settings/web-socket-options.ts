import { duration } from './kinds.ts';
import type { WebSocketSettings } from './node-settings.ts';
import { option } from './option.ts';

const DAY = 24 * 3_600_000;

export const webSocketOptions = {
  'websocket-idle-timeout': option(duration({ min: 0, max: 7 * DAY }), {
    default: '0',
    help: 'How long a WebSocket may be silent both ways; then the client is told so with code 1001. 0 leaves that to the `read_timeout` of the service, as Kong does.',
    example: '10m',
  }),
  'websocket-lifetime': option(duration({ min: 0, max: 7 * DAY }), {
    default: '0',
    help: 'How long a WebSocket may be open; then the client is told so with code 1001. 0 is for as long as both ends like.',
    example: '12h',
  }),
};

interface WebSocketValues {
  readonly 'websocket-idle-timeout': number;
  readonly 'websocket-lifetime': number;
}

export function webSocketSettingsOf(values: WebSocketValues): WebSocketSettings {
  return {
    idleTimeout: values['websocket-idle-timeout'],
    lifetime: values['websocket-lifetime'],
  };
}

import type { WebSocketEnd } from '../../telemetry/exchange-record.ts';

/** Why the gateway closes a WebSocket by itself, and what it tells the client: RFC 6455 section 7.4. */
export interface ClosingCause {
  readonly code: number;
  readonly reason: string;
  /** As the access line names it. */
  readonly end: WebSocketEnd;
}

const GOING_AWAY = 1001;
/** Registered by IANA: the client may connect again. */
const SERVICE_RESTART = 1012;

export const CLOSING_CAUSES = {
  idle: { code: GOING_AWAY, reason: 'idle for too long', end: 'idle' },
  lifetime: { code: GOING_AWAY, reason: 'open for too long', end: 'lifetime' },
  reload: { code: SERVICE_RESTART, reason: 'service restart', end: 'reload' },
  shutdown: { code: GOING_AWAY, reason: 'going away', end: 'shutdown' },
} as const satisfies Record<string, ClosingCause>;

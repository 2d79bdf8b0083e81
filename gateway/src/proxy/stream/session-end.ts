import type { SessionEnd } from '../../telemetry/session-record.ts';
import { ANSWERS } from '../answers.ts';
import type { Wire } from '../net/wire.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';

/** An upstream was reached, whatever came of it. */
const REACHED = 200;

/** What a request is answered with that a plugin does not let pass. */
const REFUSED = 403;

/** The status that a request would be answered with, had it come to the same. */
export function statusOf(reason: SessionEnd): number {
  if (isPluginRefusal(reason)) return REFUSED;
  switch (reason) {
    case 'completed':
    case 'client_aborted':
    case 'upstream_aborted':
    case 'idle_timeout':
    case 'route_removed':
    case 'shutdown':
      return REACHED;
    default:
      return ANSWERS[reason].status;
  }
}

function isPluginRefusal(reason: SessionEnd): reason is `plugin:${string}` {
  return reason.startsWith('plugin:');
}

/** Breaks a connection off in a way that its other end cannot take for an end. */
export function breakOff(wire: Wire): void {
  // Unix sockets know no reset, and with TLS an end that is not announced says it.
  const knowsReset = wire instanceof ProxySocket && wire.remoteFamily !== undefined;
  // A socket that is ending cannot be reset: libuv refuses it, and Node never closes that socket.
  if (knowsReset && !wire.writableEnded) wire.resetAndDestroy();
  else wire.destroy();
}

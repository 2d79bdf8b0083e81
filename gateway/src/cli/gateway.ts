import { openGatewayLog } from '../control/gateway-log.ts';
import { GatewayNode } from '../control/gateway-node.ts';
import { chooseRouterFlavor } from '../entities/router-flavor.ts';
import type { NodeSettings } from '../settings/node-settings.ts';
import type { ResolvedOption } from '../settings/resolve.ts';
import { openAdmin } from './open-admin.ts';

/**
 * Runs the gateway until it is told to stop: SIGTERM and SIGINT let requests end first, a second one
 * ends at once; SIGHUP looks for another configuration and opens the logs again, SIGUSR2 only the logs.
 *
 * @param resolved where the settings come from
 * @returns exit status: 0 after an orderly end, 1 when it was cut short
 * @throws OperatorError when the gateway cannot start
 */
export async function runGateway(
  settings: NodeSettings,
  resolved: readonly ResolvedOption[],
): Promise<number> {
  chooseRouterFlavor(settings.routerFlavor);
  const log = openGatewayLog({ level: settings.logLevel });
  const node = new GatewayNode({ settings, resolved, log, openAdmin });
  const stop = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<number>();
  let asked = false;
  const onStop = (signal: NodeJS.Signals): void => {
    log.info(`${signal} received`);
    if (asked) void node.terminate().then(() => cut.resolve(1));
    asked = true;
    stop.resolve();
  };
  const handlers = {
    SIGTERM: onStop,
    SIGINT: onStop,
    SIGHUP: () => {
      node.reopenLogs();
      node.reload('SIGHUP');
    },
    SIGUSR2: () => {
      log.info('SIGUSR2 received: opening log files anew');
      node.reopenLogs();
    },
  };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  try {
    return await Promise.race([serve(node, stop.promise), cut.promise]);
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  }
}

async function serve(node: GatewayNode, stop: Promise<void>): Promise<number> {
  await node.start();
  await stop;
  await node.stop();
  return 0;
}

import type { NodeSettings } from '../settings/node-settings.ts';
import { openGatewayLog } from './gateway-log.ts';
import { GatewayNode } from './gateway-node.ts';

/**
 * Runs the gateway until it is told to stop: SIGTERM and SIGINT let requests end first, a second one
 * ends at once; SIGHUP loads the configuration and opens the logs again, SIGUSR2 only the logs.
 *
 * @returns exit status: 0 after an orderly end, 1 when it was cut short
 * @throws OperatorError when the gateway cannot start
 */
export async function runGateway(settings: NodeSettings): Promise<number> {
  const log = openGatewayLog({ level: settings.logLevel });
  const node = new GatewayNode(settings, log);
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

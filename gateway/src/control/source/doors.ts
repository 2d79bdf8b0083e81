import { isIP } from 'node:net';
import type { Doors, StreamDoor } from '../../config/caveats/caveats.ts';
import { EndpointCriterion, usualForm } from '../../proxy/router/endpoint-criterion.ts';
import type { Listen, NodeSettings } from '../../settings/node-settings.ts';

/** Addresses of a listener that takes connections to every address of the machine. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** By which doors clients can come to a node with these listeners. */
export function doorsOf(settings: Pick<NodeSettings, 'proxyListen' | 'streamListen'>): Doors {
  const { proxyListen, streamListen } = settings;
  return { https: proxyListen.some(({ ssl }) => ssl), streams: streamListen.map(streamDoor) };
}

function streamDoor({ address, ssl, proxyProtocol }: Listen): StreamDoor {
  return {
    tls: ssl,
    leadsTo(ip, port) {
      // What a proxy in front was connected to is up to its clients.
      if (proxyProtocol) return true;
      // Connections to a unix socket have no address, and 0 for a port.
      if ('path' in address) return ip === null && (port ?? 0) === 0;
      const host = isIP(address.host) === 0 ? null : usualForm(address.host);
      // The system chooses a port in place of 0, and what a name stands for may change.
      const portFits = port === null || address.port === 0 || port === address.port;
      const isAny = ip === null || host === null || WILDCARDS.has(host);
      return portFits && (isAny || new EndpointCriterion({ ip }).accepts(host, 0));
    },
  };
}

import { randomUUID } from 'node:crypto';
import type { Exchange } from '../../plugin/plugin.ts';

export type Generator = (ex: Exchange) => string;

/** Makes the ids that `generator` names. Each call starts a series of its own. */
export function createGenerator(
  name: 'uuid' | 'uuid#counter' | 'tracker',
  now: () => number,
): Generator {
  switch (name) {
    case 'uuid':
      return () => randomUUID();
    case 'uuid#counter': {
      const series = `${randomUUID()}#`;
      let counter = 0;
      return () => series + ++counter;
    }
    case 'tracker':
      return (ex) => {
        const { localAddress, localPort, serial, requests } = ex.connection;
        const seconds = (now() / 1000).toFixed(3);
        return `${localAddress}-${localPort}-${process.pid}-${serial}-${requests}-${seconds}`;
      };
  }
}

import { randomUUID } from 'node:crypto';
import { inOnePiece } from '../../plugin/header-line.ts';
import type { Exchange } from '../../plugin/plugin.ts';

export type Generator = (ex: Exchange) => string;

/**
 * Makes the ids that `generator` names, each as a line that begins with `beginning`. Each call starts a
 * series of its own.
 */
export function createGenerator(
  name: 'uuid' | 'uuid#counter' | 'tracker',
  now: () => number,
  beginning: string,
): Generator {
  switch (name) {
    case 'uuid':
      return () => `${beginning}${randomUUID()}\r\n`;
    case 'uuid#counter': {
      // In two pieces, since it is walked through by the writes of request and response.
      const series = inOnePiece(`${beginning}${randomUUID()}#`);
      let counter = 0;
      return () => series + `${++counter}\r\n`;
    }
    case 'tracker':
      return (ex) => {
        const { localAddress, localPort, serial, requests } = ex.connection;
        const seconds = (now() / 1000).toFixed(3);
        return `${beginning}${localAddress}-${localPort}-${process.pid}-${serial}-${requests}-${seconds}\r\n`;
      };
  }
}

/** Answers every message of a WebSocket with one of the same length. Argument: the port. */
import net from 'node:net';
import { clientFrame, endsHead, handshakeAnswer, serverFrame } from './web-socket-frames.ts';

const port = Number(process.argv[2]);

net
  .createServer({ noDelay: true }, (socket) => {
    let head: string | null = '';
    let pending = 0;
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      if (head !== null) {
        head += data.toString('latin1');
        if (!endsHead(head)) return;
        head = null;
        socket.write(handshakeAnswer);
        return;
      }
      pending += data.length;
      for (; pending >= clientFrame.length; pending -= clientFrame.length) {
        socket.write(serverFrame);
      }
    });
  })
  .listen({ port, host: '127.0.0.1', backlog: 4096 });

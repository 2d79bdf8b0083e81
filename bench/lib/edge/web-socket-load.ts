/**
 * Sends messages in WebSockets, each when the echo of the one before is there, and says how many
 * there were. Arguments: port, connections, seconds.
 */
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { clientFrame, endsHead, handshake, serverFrame } from './web-socket-frames.ts';

const [port = 0, connections = 0, seconds = 0] = process.argv.slice(2).map(Number);

let messages = 0;
let broken = 0;
let over = false;

async function open(): Promise<net.Socket> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(handshake('/'));
  let head = '';
  while (!endsHead(head)) {
    const [data] = (await once(socket, 'data')) as [Buffer];
    head += data.toString('latin1');
  }
  if (!head.startsWith('HTTP/1.1 101')) throw new Error(head);
  return socket;
}

function talk(socket: net.Socket): void {
  let pending = 0;
  socket.on('data', (data: Buffer) => {
    pending += data.length;
    for (; pending >= serverFrame.length; pending -= serverFrame.length) {
      messages++;
      if (!over) socket.write(clientFrame);
    }
  });
  const onBreak = (): void => {
    if (!over) broken++;
  };
  socket.on('error', onBreak);
  socket.on('close', onBreak);
  socket.write(clientFrame);
}

const sockets = await Promise.all(Array.from({ length: connections }, open));
const begin = performance.now();
sockets.forEach(talk);
await delay(seconds * 1000);
over = true;
const elapsed = (performance.now() - begin) / 1000;
const problems: string[] = [];
if (broken > 0) problems.push(`${broken} WebSockets broke`);
if (messages === 0) problems.push('no message came back');
for (const socket of sockets) socket.destroy();
console.log(JSON.stringify({ requests: messages, seconds: elapsed, problems }));

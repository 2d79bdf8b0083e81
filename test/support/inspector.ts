import { once } from 'node:events';
import WebSocket from 'ws';
import { within } from './until.ts';

interface WorkerAttached {
  readonly sessionId: string;
  readonly workerInfo: { readonly title: string; readonly url: string };
}

/**
 * Runs `expression` in one worker thread of a process that was started with `--inspect`, whose
 * stderr is `output`: the one way to hurt a thread of a real process from outside.
 *
 * @param whose which thread: its file name contains this
 */
export async function evaluateInThread(
  output: string,
  whose: string,
  expression: string,
): Promise<void> {
  const url = /Debugger listening on (ws:\S+)/.exec(output)?.[1];
  if (url === undefined) throw new Error(`no inspector in:\n${output}`);
  const socket = new WebSocket(url);
  await within('the inspector', once(socket, 'open'));
  try {
    const session = await within('a worker thread', findThread(socket, whose));
    const message = { id: 1, method: 'Runtime.evaluate', params: { expression } };
    const params = { sessionId: session, message: JSON.stringify(message) };
    send(socket, 2, 'NodeWorker.sendMessageToWorker', params);
    await within('the inspector to take the message', answerTo(socket, 2));
  } finally {
    socket.close();
  }
}

function findThread(socket: WebSocket, whose: string): Promise<string> {
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { method?: string; params?: WorkerAttached };
      if (message.method !== 'NodeWorker.attachedToWorker' || !message.params) return;
      if (message.params.workerInfo.url.includes(whose)) resolve(message.params.sessionId);
    });
    send(socket, 1, 'NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}

function answerTo(socket: WebSocket, id: number): Promise<void> {
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { id?: number }).id === id) resolve();
    });
  });
}

function send(socket: WebSocket, id: number, method: string, params: object): void {
  socket.send(JSON.stringify({ id, method, params }));
}

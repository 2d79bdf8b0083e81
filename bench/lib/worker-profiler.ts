import { BenchError } from './bench-error.ts';
import type { Child } from './child.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { until } from './until.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * Takes CPU profiles of one worker thread of a process that was started with `--inspect`. The
 * inspector of a process reaches its threads through the domain NodeWorker only, so each message to
 * a thread travels inside another one.
 */
export class WorkerProfiler {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session: string | undefined;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /**
   * @param entry what the file name of the thread ends in; the first such thread is taken
   * @throws BenchError when there is no inspector or no such thread
   */
  static async attach(child: Child, entry: string): Promise<WorkerProfiler> {
    const url = await until('the inspector is there', () => {
      child.assertRunning();
      return /Debugger listening on (ws:\S+)/.exec(child.output)?.[1];
    });
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new BenchError(`cannot reach the inspector at ${url}`));
    });
    const profiler = new WorkerProfiler(socket);
    socket.onmessage = ({ data }) => profiler.#receive(JSON.parse(String(data)) as Message, entry);
    socket.send(
      JSON.stringify({
        id: 0,
        method: 'NodeWorker.enable',
        params: { waitForDebuggerOnStart: false },
      }),
    );
    await until(`a thread runs ${entry}`, () => profiler.#session);
    return profiler;
  }

  /** @param interval between two samples, µs */
  async start(interval: number): Promise<void> {
    await this.#ask('Profiler.enable');
    await this.#ask('Profiler.setSamplingInterval', { interval });
    await this.#ask('Profiler.start');
  }

  async stop(): Promise<CpuProfile> {
    return ((await this.#ask('Profiler.stop')) as { profile: CpuProfile }).profile;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const message = JSON.stringify({ id, method, params });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ error, result }) => {
        if (error === undefined) resolve(result);
        else reject(new BenchError(`${method}: ${error.message}`));
      });
      this.#socket.send(
        JSON.stringify({
          id,
          method: 'NodeWorker.sendMessageToWorker',
          params: { sessionId: this.#session, message },
        }),
      );
    });
  }

  #receive({ method, params }: Message, entry: string): void {
    if (method === 'NodeWorker.attachedToWorker') {
      const { sessionId, workerInfo } = params as {
        sessionId: string;
        workerInfo: { url: string };
      };
      if (workerInfo.url.endsWith(entry)) this.#session ??= sessionId;
    } else if (method === 'NodeWorker.receivedMessageFromWorker') {
      const { sessionId, message } = params as { sessionId: string; message: string };
      if (sessionId !== this.#session) return;
      const answer = JSON.parse(message) as Message;
      this.#waiting.get(answer.id ?? 0)?.(answer);
      this.#waiting.delete(answer.id ?? 0);
    }
  }
}

import { passInterim } from '../../interim-response.ts';
import type { HttpExchange } from '../../exchange/exchange.ts';
import type { MessageHead } from '../../http1/message-head.ts';
import type { ResponseHead } from '../../http1/response-head.ts';
import { CANCEL, FLOW_CONTROL_ERROR, NO_ERROR, PROTOCOL_ERROR } from '../../http2/frames.ts';
import { PieceList } from '../../piece-list.ts';
import { ReceiveWindow } from '../../http2/receive-window.ts';
import type { ProxyThread } from '../../thread.ts';
import type { Timed } from '../../timer-wheel.ts';
import { grpcTimeoutOf } from './grpc-timeout.ts';
import type { Http2Connection } from './http2-connection.ts';
import { STREAM_WINDOW } from './http2-windows.ts';
import { SendQueue } from './send-queue.ts';
import { requestTrailerLines } from '../request-lines.ts';
import type { UpstreamExchange, UpstreamFailure } from '../upstream-exchange.ts';

const NOTHING = new Uint8Array(0);

/** Interim responses that one request may get. */
const MOST_INTERIM = 32;

/** The request was not sent yet. */
const NEW = 0;
/** The response's head is awaited. */
const HEAD = 1;
const BODY = 2;
const CLOSED = 3;

/** One request on a connection that speaks HTTP/2. */
export class Http2Stream implements UpstreamExchange, Timed {
  deadline = 0;
  wheelSlot = -1;
  readonly head: ResponseHead;
  readonly reused: boolean;
  trailers: MessageHead | null = null;
  readonly upgradeProtocol = '';
  answering = false;
  requestSent = false;
  /** Number of the stream; 0 before the request was sent. */
  id = 0;
  readonly queue: SendQueue;

  readonly #thread: ProxyThread;
  readonly #connection: Http2Connection;
  #exchange: HttpExchange | null = null;
  #state = NEW;
  #interim = 0;
  #paused = false;
  /** Data that arrived while the client did not keep up; null for none. */
  #inbox: PieceList | null = null;
  /** The response is complete once the inbox is empty. */
  #ended = false;
  /** The head is to be told of together with what comes right behind it. */
  #headHeld = false;
  readonly #window = new ReceiveWindow(STREAM_WINDOW);
  /** Bytes of the body that are to come; -1 when that is not known. */
  #remaining = -1;
  #readTimeout = 0;
  #writeTimeout = 0;
  /** When the client gives up, on the thread's clock; 0 when it did not say. */
  #giveUpAt = 0;

  constructor(thread: ProxyThread, connection: Http2Connection, head: ResponseHead) {
    this.#thread = thread;
    this.#connection = connection;
    this.head = head;
    this.reused = connection.reused;
    this.queue = new SendQueue(this, connection);
  }

  get connected(): boolean {
    return this.#connection.ready;
  }

  get isClosed(): boolean {
    return this.#state === CLOSED;
  }

  // What is sent

  send(
    exchange: HttpExchange,
    head: string,
    beginning: readonly Uint8Array[],
    _chunked: boolean,
    complete: boolean,
    trailers: MessageHead | null,
  ): void {
    const service = exchange.routePlan!.service!;
    this.#exchange = exchange;
    this.#state = HEAD;
    this.#readTimeout = service.readTimeout;
    this.#writeTimeout = service.writeTimeout;
    const patience = grpcTimeoutOf(exchange.head);
    if (patience !== -1) this.#giveUpAt = exchange.begin + patience;
    this.requestSent = complete;
    const lines = requestTrailerLines(exchange, trailers);
    this.#connection.begin(this, head, beginning, complete, lines);
    if (this.isClosed) return;
    if (this.connected) this.#await();
    else this.#arm(service.connectTimeout);
  }

  writeBody(chunk: Uint8Array, owned: boolean): boolean {
    if (this.isClosed) return true;
    const more = this.queue.write(chunk, owned);
    if (!more && this.connected) this.#await();
    return more;
  }

  endBody(trailers: MessageHead | null): void {
    if (this.isClosed) return;
    this.requestSent = true;
    this.queue.end(requestTrailerLines(this.#exchange!, trailers));
    if (this.connected) this.#await();
  }

  /** The connection stands. */
  onReady(): void {
    if (!this.isClosed) this.#await();
  }

  /** There is room for more of the request. */
  onDrain(): void {
    if (this.isClosed) return;
    this.#await();
    this.#exchange!.downstream.resumeBody();
  }

  // How long is waited

  /** Sets the deadline of what is waited for: the response, room for more, or nothing of theirs. */
  #await(): void {
    if (this.#paused) this.#arm(Infinity);
    else if (this.requestSent || this.#state === BODY) this.#arm(this.#readTimeout);
    else if (this.queue.isBehind) this.#arm(this.#writeTimeout);
    else this.#arm(Infinity);
  }

  #arm(timeout: number): void {
    const { wheel, time } = this.#thread;
    const left = this.#giveUpAt === 0 ? Infinity : Math.max(0, this.#giveUpAt - time);
    const delay = Math.min(timeout, left);
    if (delay === Infinity) wheel.disarm(this);
    else wheel.arm(this, time, delay);
  }

  onDeadline(): void {
    const gaveUp = this.#giveUpAt !== 0 && this.#thread.now() >= this.#giveUpAt;
    if (!gaveUp) this.#connection.suspect();
    this.fail(gaveUp ? 'deadline' : 'timeout', CANCEL);
  }

  // What arrives

  /** A head has arrived, and stands in the connection's `headText`. */
  onHead(last: boolean): void {
    if (this.#state === BODY) {
      this.#onTrailers(last);
      return;
    }
    this.answering = true;
    const { head } = this;
    if (!this.#connection.headText.readResponse(head)) {
      this.fail('invalid', PROTOCOL_ERROR);
      return;
    }
    if (head.status < 200) {
      if (last || ++this.#interim > MOST_INTERIM) this.fail('invalid', PROTOCOL_ERROR);
      else {
        this.#await();
        passInterim(this.#exchange!, head);
      }
      return;
    }
    this.#state = BODY;
    this.#remaining = this.#announced();
    if (!last) {
      this.#headHeld = true;
      this.#connection.streams.holdHead(this);
      this.#await();
      return;
    }
    this.#ended = true;
    if (this.#remaining > 0) this.fail('invalid', PROTOCOL_ERROR);
    else this.#tellHead(null, true);
  }

  /** How many bytes of a body there are to be, or -1. */
  #announced(): number {
    const { head } = this;
    const { outgoingMethod: method } = this.#exchange!;
    if (method === 'HEAD' || head.status === 204 || head.status === 304) return 0;
    return head.contentLength;
  }

  #onTrailers(last: boolean): void {
    const trailers = this.#connection.headText.readTrailers();
    // Fields within a body have no meaning.
    if (trailers === null || !last) {
      this.fail('closed', PROTOCOL_ERROR);
      return;
    }
    this.trailers = trailers;
    this.#onEnd(NOTHING);
  }

  /**
   * @param data valid during the call
   * @param counted bytes that count against the window, padding included
   */
  onData(data: Uint8Array, counted: number, last: boolean): void {
    if (!this.#window.debit(counted)) {
      this.fail('closed', FLOW_CONTROL_ERROR);
      return;
    }
    const tooMuch = this.#remaining !== -1 && data.length > this.#remaining;
    if (this.#state !== BODY || tooMuch) {
      this.fail(this.#headHeld ? 'invalid' : 'closed', PROTOCOL_ERROR);
      return;
    }
    if (this.#remaining !== -1) this.#remaining -= data.length;
    this.#giveBack(counted - data.length);
    if (last) this.#onEnd(data);
    else if (data.length > 0) this.#take(data);
  }

  /** The response ends with `data`. */
  #onEnd(data: Uint8Array): void {
    if (this.#remaining > 0) {
      this.fail(this.#headHeld ? 'invalid' : 'closed', PROTOCOL_ERROR);
      return;
    }
    this.#ended = true;
    this.#take(data);
  }

  /** Hands data on, or keeps it while the client does not keep up. */
  #take(data: Uint8Array): void {
    if (this.#headHeld) {
      this.#headHeld = false;
      this.#giveBack(data.length);
      this.#tellHead(data.length > 0 ? data : null, this.#ended);
    } else if (this.#paused) {
      if (data.length > 0) (this.#inbox ??= new PieceList()).add(data);
    } else {
      this.#giveBack(data.length);
      this.#tellData(data, this.#ended);
    }
  }

  /** Nothing has come right behind the head: it goes on alone. */
  releaseHead(): void {
    if (!this.#headHeld) return;
    this.#headHeld = false;
    this.#tellHead(null, false);
  }

  #tellHead(data: Uint8Array | null, last: boolean): void {
    const exchange = this.#exchange!;
    if (last) this.#complete();
    else this.#await();
    this.#thread.lifecycle.upstreamHead(exchange, this, data, last);
    if (last) this.#connection.streams.spare(this.head);
  }

  #tellData(data: Uint8Array, last: boolean): void {
    const exchange = this.#exchange!;
    if (last) this.#complete();
    else this.#await();
    this.#thread.lifecycle.upstreamData(exchange, this, data, last);
    if (last) this.#connection.streams.spare(this.head);
  }

  /** Lets the upstream send as much again as was handed on, when that is worth telling. */
  #giveBack(bytes: number): void {
    this.#window.credit(bytes);
    if (this.#ended || this.isClosed) return;
    const more = this.#window.open();
    if (more > 0) this.#connection.widen(this, more);
  }

  pause(): void {
    this.#paused = true;
    if (!this.isClosed) this.#await();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    while (!this.#paused && !this.isClosed) {
      const data = this.#inbox?.shift();
      if (data === undefined) break;
      const last = this.#ended && this.#inbox?.pieces.length === 0;
      this.#giveBack(data.length);
      this.#tellData(data, last);
    }
    if (this.isClosed || this.#paused) return;
    if (this.#ended) this.#tellData(NOTHING, true);
    else this.#await();
  }

  // The end

  /** The upstream ended the stream. @param refused whether it says that it has not looked at it */
  onReset(refused: boolean): void {
    // What came of a response that is complete is still handed on.
    if (this.#ended) return;
    this.fail(refused && !this.answering ? 'refused' : 'closed', NO_ERROR);
  }

  /** The connection is gone. */
  onLost(failure: UpstreamFailure): void {
    if (!this.#ended) this.fail(failure, NO_ERROR);
  }

  /** @param code told to the upstream, or `NO_ERROR` for nothing */
  fail(failure: UpstreamFailure, code: number): void {
    if (this.isClosed) return;
    const exchange = this.#exchange!;
    this.#close(code);
    this.#thread.lifecycle.upstreamFailed(exchange, this, failure);
  }

  destroy(): void {
    if (!this.isClosed) this.#close(this.#ended ? NO_ERROR : CANCEL);
  }

  /** The response is complete; of a request that is not, the rest is of no use. */
  #complete(): void {
    this.#close(this.requestSent && !this.queue.isBehind ? NO_ERROR : CANCEL);
  }

  #close(code: number): void {
    this.#exchange = null;
    this.#state = CLOSED;
    this.#inbox = null;
    this.#headHeld = false;
    this.#thread.wheel.release(this);
    this.#connection.forget(this, code);
  }

  /** There are no tunnels in HTTP/2: an upstream cannot have switched protocols. */
  startTunnel(): void {
    this.destroy();
  }

  writeTunnel(): boolean {
    return true;
  }

  endTunnel(): void {
    this.destroy();
  }
}

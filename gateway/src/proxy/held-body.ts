import { ANSWERS, type Answer } from './answers.ts';
import { RoomShare, type BodyRoom } from './body-room.ts';
import { runResponseBody } from './response-phases.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import { PieceList } from './piece-list.ts';
import type { PluginInstance } from './plan/plan.ts';
import { isAscii } from './router/path.ts';

type Change = (body: Uint8Array) => Uint8Array;

/** The body of a response that plugins change as a whole: kept until it is complete. */
export class HeldBody {
  /** The least that one of the plugins takes, and no more than there is room for, bytes. */
  private limit: number;
  private readonly changes: { readonly change: Change; by: PluginInstance | null }[] = [];
  private readonly kept = new PieceList();
  private readonly share: RoomShare;
  private length = 0;

  constructor(room: BodyRoom) {
    this.limit = room.size;
    this.share = new RoomShare(room);
  }

  want(limit: number, change: Change): void {
    this.limit = Math.min(this.limit, limit);
    this.changes.push({ change, by: null });
  }

  /** Says who asked for the changes that nobody was named for yet. */
  attribute(instance: PluginInstance): void {
    for (const each of this.changes) each.by ??= instance;
  }

  /** Whether a body that announces this length is longer than may be held. */
  isTooLong(length: number): boolean {
    return length > this.limit;
  }

  /** Keeps a copy. @returns what to answer when that is more than may be held, or null */
  push(chunk: Uint8Array): Answer | null {
    this.length += chunk.length;
    if (this.length > this.limit) return ANSWERS.response_too_large;
    if (!this.share.take(chunk.length)) return ANSWERS.no_room_for_body;
    if (chunk.length > 0) this.kept.add(chunk);
    return null;
  }

  /** Nobody needs it any more: it takes no room. */
  letGo(): void {
    this.share.letGo();
  }

  /** What was kept, with every change. */
  changed(ex: HttpExchange): Uint8Array {
    const { pieces } = this.kept;
    return this.applied(ex, pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  }

  /** A body with every change. A plugin that fails is logged and counted. */
  applied(ex: HttpExchange, whole: Uint8Array): Uint8Array {
    let body = whole;
    for (const { change, by } of this.changes) {
      try {
        body = change(body);
      } catch (error) {
        ex.thread.pluginFailed(by!, ex, error);
      }
    }
    return body;
  }
}

/** The body of an answer of the gateway's own, as plugins change it: there all of it is at hand. */
export function changedAnswer(ex: HttpExchange, body: Uint8Array | string): Uint8Array | string {
  const { heldBody } = ex;
  if (heldBody === null && !ex.filtersBody) {
    return typeof body === 'string' && !isAscii(body) ? Buffer.from(body) : body;
  }
  let changed: Uint8Array = typeof body === 'string' ? Buffer.from(body) : body;
  if (heldBody !== null && !isBodiless(ex)) changed = heldBody.applied(ex, changed);
  return ex.filtersBody ? runResponseBody(ex, changed, true) : changed;
}

/** Whether the client takes no body, whatever it is told of its length. */
export function isBodiless({ method, status }: HttpExchange): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/**
 * The length of a body for the client, who may have asked with another method than the service was.
 *
 * @param length that the service told, or -1
 */
export function lengthFor({ method, changedMethod }: HttpExchange, length: number): number {
  return changedMethod === 'HEAD' && method !== 'HEAD' ? 0 : length;
}

const NOTHING = new Uint8Array(0);

/** @param data bytes as such or as latin1, or null for none */
export function asBytes(data: Uint8Array | string | null): Uint8Array {
  if (data === null) return NOTHING;
  return typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
}

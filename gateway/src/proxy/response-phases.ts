import type { HttpExchange } from './exchange/exchange.ts';
import type { PluginInstance } from './plan/plan.ts';

/**
 * The phases behind a response. A handler that fails here is logged and counted; the response goes
 * on without it, since part of it may already be with the client.
 */

/** The response's head stands: handlers may change it, and whether the body is theirs to see is known. */
export function runResponseHeaders(ex: HttpExchange): void {
  const instances = ex.instances;
  ex.heldBody?.letGo();
  ex.heldBody = null;
  for (let i = 0; i < instances.length; i++) {
    const instance = instances[i]!;
    const { responseHeaders, responseBody } = instance.handlers;
    if (responseBody !== undefined) ex.filtersBody = true;
    if (responseHeaders === undefined) continue;
    try {
      responseHeaders(ex);
    } catch (error) {
      ex.thread.pluginFailed(instance, ex, error);
    }
    takeNote(ex, instance);
  }
}

function takeNote({ heldBody }: HttpExchange, instance: PluginInstance): void {
  if (heldBody !== null) heldBody.attribute(instance);
}

/** Passes a piece of the body through every handler that wants it, in order. */
export function runResponseBody(ex: HttpExchange, data: Uint8Array, last: boolean): Uint8Array {
  let chunk = data;
  for (const instance of ex.instances) {
    const handler = instance.handlers.responseBody;
    if (handler === undefined) continue;
    try {
      chunk = handler(ex, chunk, last) ?? NOTHING;
    } catch (error) {
      ex.thread.pluginFailed(instance, ex, error);
    }
  }
  return chunk;
}

export function runLog(ex: HttpExchange): void {
  const instances = ex.instances;
  for (let i = 0; i < instances.length; i++) {
    const instance = instances[i]!;
    const handler = instance.handlers.log;
    if (handler === undefined) continue;
    try {
      handler(ex);
    } catch (error) {
      ex.thread.pluginFailed(instance, ex, error);
    }
  }
}

const NOTHING = new Uint8Array(0);

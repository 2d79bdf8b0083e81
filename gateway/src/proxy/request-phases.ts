import type { HttpExchange } from './exchange/exchange.ts';
import { answerPluginFailure } from './own-answers.ts';
import type { ChainSlot, PluginInstance } from './plan/plan.ts';

/** Where an exchange goes once its handlers have run. */
export interface NextPhase {
  /** Rewrite is over and nobody answered. */
  route(ex: HttpExchange): void;
  /** A rewrite handler answered: no route is known. */
  answeredEarly(ex: HttpExchange): void;
  /** Access is over; somebody may have answered. */
  afterAccess(ex: HttpExchange): void;
}

/**
 * The phases in front of the upstream. Handlers run one after another without a turn of the event
 * loop; one that returns a promise holds only its own exchange.
 */
export class RequestPhases {
  private readonly next: NextPhase;

  constructor(next: NextPhase) {
    this.next = next;
  }

  /** Runs the rewrite handlers of global instances, then routes. */
  rewrite(ex: HttpExchange, rewriters: readonly PluginInstance[], from: number): void {
    for (let i = from; i < rewriters.length; i++) {
      const instance = rewriters[i]!;
      const pending = this.call(ex, instance, instance.handlers.rewrite!);
      if (pending !== null) {
        void this.settle(ex, instance, pending).then((alive) => {
          if (!alive) return;
          if (ex.answered) this.next.answeredEarly(ex);
          else this.rewrite(ex, rewriters, i + 1);
        });
        return;
      }
      if (ex.answered) {
        this.next.answeredEarly(ex);
        return;
      }
    }
    this.next.route(ex);
  }

  /** Runs the access handlers of a chain that is the same for every consumer. */
  access(ex: HttpExchange, instances: readonly PluginInstance[], from: number): void {
    for (let i = from; i < instances.length; i++) {
      if (ex.local !== null) break;
      const instance = instances[i]!;
      const handler = instance.handlers.access;
      if (handler === undefined) continue;
      const pending = this.call(ex, instance, handler);
      if (pending !== null) {
        void this.settle(ex, instance, pending).then((alive) => {
          if (alive) this.access(ex, instances, i + 1);
        });
        return;
      }
    }
    this.next.afterAccess(ex);
  }

  /**
   * Runs the access handlers of a chain in which the instance that runs depends on who has
   * authenticated by its turn. Every slot is resolved, since later phases run even when an earlier
   * plugin has answered.
   */
  accessBySlot(
    ex: HttpExchange,
    slots: readonly ChainSlot[],
    running: PluginInstance[],
    from: number,
  ): void {
    ex.instances = running;
    for (let i = from; i < slots.length; i++) {
      const { byConsumer, fixed } = slots[i]!;
      const own = ex.consumer === null ? undefined : byConsumer?.get(ex.consumer.id);
      const instance = own ?? fixed;
      if (instance === null) continue;
      running.push(instance);
      const handler = instance.handlers.access;
      if (handler === undefined || ex.local !== null) continue;
      const pending = this.call(ex, instance, handler);
      if (pending !== null) {
        void this.settle(ex, instance, pending).then((alive) => {
          if (alive) this.accessBySlot(ex, slots, running, i + 1);
        });
        return;
      }
    }
    this.next.afterAccess(ex);
  }

  /** Runs one handler. @returns its promise when it has not ended yet, else null */
  private call(
    ex: HttpExchange,
    instance: PluginInstance,
    handler: (ex: HttpExchange) => void | Promise<void>,
  ): Promise<void> | null {
    try {
      const result = handler(ex);
      if (result instanceof Promise) return result;
    } catch (error) {
      this.handlerFailed(ex, instance, error);
      return null;
    }
    if (ex.local !== null) blame(ex, instance);
    return null;
  }

  /** Waits for a handler. @returns false when the exchange ended meanwhile */
  private async settle(
    ex: HttpExchange,
    instance: PluginInstance,
    pending: Promise<void>,
  ): Promise<boolean> {
    try {
      await pending;
    } catch (error) {
      // The client is gone, so there is nobody to tell but the log.
      if (ex.finished) ex.thread.pluginFailed(instance, ex, error);
      else this.handlerFailed(ex, instance, error);
    }
    ex.thread.now();
    if (ex.finished || ex.headSent) return false;
    if (ex.local !== null) blame(ex, instance);
    return true;
  }

  private handlerFailed(ex: HttpExchange, instance: PluginInstance, error: unknown): void {
    ex.thread.pluginFailed(instance, ex, error);
    answerPluginFailure(ex);
  }
}

/** Marks the answer just given as the work of a plugin, unless a reason stands already. */
function blame(ex: HttpExchange, instance: PluginInstance): void {
  if (ex.reason === null || ex.reason === 'plugin') ex.reason = `plugin:${instance.info.name}`;
}

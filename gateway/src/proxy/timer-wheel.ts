/** Milliseconds between two turns of the wheel: how late a deadline may be noticed. */
const TICK = 20;
const SLOTS = 4096;
/** The farthest deadline that has a slot of its own; later ones are looked at again on the way. */
const HORIZON = (SLOTS - 1) * TICK;

/** Something with a deadline. Owners set `deadline`; the wheel calls `onDeadline` after it. */
export interface Timed {
  /** In the wheel's time, ms; 0 when there is none. */
  deadline: number;
  /** Slot in which the wheel holds this, or -1. The wheel's own. */
  wheelSlot: number;
  onDeadline(): void;
}

/**
 * Deadlines for many connections without a timer for each. Moving a deadline back, the usual case,
 * writes one number: the entry stays in its slot and moves on when the slot comes up.
 */
export class TimerWheel {
  private slots: Timed[][] = Array.from({ length: SLOTS }, () => []);
  private tick = 0;
  private held = 0;
  private readonly now: () => number;
  private timer: NodeJS.Timeout | null = null;
  /** The turn that comes once what has arrived is read. */
  private waiting: NodeJS.Immediate | null = null;

  /** @param now monotonic clock, ms */
  constructor(now: () => number) {
    this.now = now;
  }

  /** Sets the deadline of `entry` to `delay` ms from `now`. */
  arm(entry: Timed, now: number, delay: number): void {
    const deadline = now + delay;
    entry.deadline = deadline;
    const ahead = Math.min(deadline, now + HORIZON);
    if (entry.wheelSlot !== -1) {
      const slotTime = this.timeOf(entry.wheelSlot);
      if (slotTime <= ahead + TICK) return;
      this.remove(entry);
    }
    this.insert(entry, ahead);
  }

  /** The entry has no deadline any more. */
  disarm(entry: Timed): void {
    entry.deadline = 0;
  }

  /** Forgets an entry whose owner is gone. */
  release(entry: Timed): void {
    entry.deadline = 0;
    if (entry.wheelSlot !== -1) this.remove(entry);
  }

  /** Entries held, for tests and leak checks. */
  get size(): number {
    return this.held;
  }

  private timeOf(slot: number): number {
    // Not the remainder of `slot - tick`, which is negative once the wheel has turned round.
    const distance = (slot + SLOTS - (this.tick % SLOTS)) % SLOTS;
    return (this.tick + distance) * TICK;
  }

  private insert(entry: Timed, time: number): void {
    if (this.timer === null) {
      this.tick = Math.floor(this.now() / TICK);
      this.timer = setInterval(() => this.awaitTurn(), TICK);
      this.timer.unref();
    }
    const tick = Math.max(Math.ceil(time / TICK), this.tick + 1);
    entry.wheelSlot = tick % SLOTS;
    this.slots[entry.wheelSlot]!.push(entry);
    this.held++;
  }

  private remove(entry: Timed): void {
    const slot = this.slots[entry.wheelSlot]!;
    const index = slot.indexOf(entry);
    const last = slot.pop()!;
    if (last !== entry) slot[index] = last;
    entry.wheelSlot = -1;
    this.held--;
  }

  /**
   * What has arrived is read before the wheel turns: the event loop comes to its timers first, and
   * after it stood still, as for a collection or for want of a processor, answers that wait to be read
   * would be given up as late.
   */
  private awaitTurn(): void {
    this.waiting ??= setImmediate(() => {
      this.waiting = null;
      this.turn();
    });
  }

  private turn(): void {
    const now = this.now();
    const target = Math.floor(now / TICK);
    // After a long stall every slot comes up once, not once for each missed turn.
    if (target - this.tick > SLOTS) this.tick = target - SLOTS;
    while (this.tick < target) {
      this.tick++;
      const index = this.tick % SLOTS;
      const due = this.slots[index]!;
      if (due.length > 0) {
        this.slots[index] = [];
        this.held -= due.length;
        this.fire(due, now);
      }
    }
    if (this.held === 0 && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  private fire(due: Timed[], now: number): void {
    for (const entry of due) entry.wheelSlot = -1;
    for (const entry of due) {
      if (entry.deadline === 0 || entry.wheelSlot !== -1) continue;
      if (entry.deadline > now) this.insert(entry, Math.min(entry.deadline, now + HORIZON));
      else {
        entry.deadline = 0;
        entry.onDeadline();
      }
    }
  }
}

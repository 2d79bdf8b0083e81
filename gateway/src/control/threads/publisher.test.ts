import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ToThread } from '../../snapshot/messages.ts';
import type { Change } from '../../snapshot/records.ts';
import { Publisher, RefusedError } from './publisher.ts';
import type { Feed, Revision } from './feed.ts';

/** A configuration of consumers. */
interface Consumers extends Revision {
  readonly ids: readonly string[];
}

const config = (revision: number, ids: readonly string[]): Consumers => ({
  revision,
  hash: `hash ${revision}`,
  ids,
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);

let stringified = 0;

function* delta(from: Consumers | null, to: Consumers): Generator<Change> {
  for (const id of to.ids) {
    if (from?.ids.includes(id)) continue;
    yield {
      kind: 'consumers',
      op: 'put',
      // Counts how often it is turned to JSON.
      record: { id, groups: [], toJSON: () => (stringified++, { id, groups: [] }) } as never,
    };
  }
  for (const id of from?.ids ?? []) {
    if (!to.ids.includes(id)) yield { kind: 'consumers', op: 'delete', id };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A thread that answers when it is told to. */
class Thread {
  readonly inbox: ToThread[] = [];
  readonly serves = new Set<string>();
  readonly feed: Feed<Consumers>;
  /** Revisions that it cannot compile. */
  readonly refuses = new Set<number>();
  #staged: Change[] = [];

  constructor(publisher: Publisher<Consumers>) {
    this.feed = publisher.attach((message) => this.inbox.push(message));
  }

  /** Answers the next message. */
  step(): void {
    const message = this.inbox.shift();
    if (message?.type === 'changes') {
      this.#staged.push(...(JSON.parse(message.changes) as Change[]));
      this.feed.receive({ type: 'ack', seq: message.seq });
    } else if (message?.type === 'commit') {
      const { revision, hash } = message;
      const staged = this.#staged;
      this.#staged = [];
      if (this.refuses.has(revision)) {
        this.feed.receive({ type: 'failed-commit', revision, message: 'plugin x (1): no' });
        return;
      }
      for (const change of staged) {
        if (change.op === 'put') this.serves.add(change.record.id);
        else this.serves.delete(change.id);
      }
      this.feed.receive({ type: 'live', revision, hash });
    }
  }

  /** Answers until nothing comes any more. */
  async settle(): Promise<void> {
    await turn();
    while (this.inbox.length > 0) {
      this.step();
      await turn();
    }
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('publishing', () => {
  it('lets go of what no thread serves any more', async () => {
    const publisher = new Publisher(delta);
    const thread = new Thread(publisher);
    const published: WeakRef<Consumers>[] = [];
    for (const revision of [1, 2]) {
      const next = config(revision, [`c${revision}`]);
      published.push(new WeakRef(next));
      void publisher.publish(next);
      await thread.settle();
    }
    collectGarbage();
    assert.deepEqual(
      published.map((each) => each.deref()?.revision),
      [undefined, 2],
    );
  });

  it('sends pieces of at most 200 changes, two ahead, and the commit when all are acknowledged', async () => {
    const publisher = new Publisher(delta);
    const thread = new Thread(publisher);
    const published = publisher.publish(config(1, numbered(650)));
    const sizes: (number | string)[] = [];
    const waiting: number[] = [];
    await turn();
    while (thread.inbox.length > 0) {
      waiting.push(thread.inbox.length);
      const [message] = thread.inbox;
      const isPiece = message?.type === 'changes';
      sizes.push(isPiece ? (JSON.parse(message.changes) as unknown[]).length : message!.type);
      thread.step();
      await turn();
    }
    await published;
    assert.deepEqual(sizes, [200, 200, 200, 50, 'commit']);
    assert.deepEqual(waiting, [2, 2, 2, 1, 1]);
    assert.equal(thread.serves.size, 650);
  });

  it('takes no notice of an acknowledgement that came before', async () => {
    const publisher = new Publisher(delta);
    const thread = new Thread(publisher);
    void publisher.publish(config(1, numbered(850)));
    await turn();
    thread.step();
    assert.equal(thread.inbox.length, 2);
    thread.feed.receive({ type: 'ack', seq: 1 });
    assert.equal(thread.inbox.length, 2);
  });

  it('turns a change to JSON once for all threads', async () => {
    const publisher = new Publisher(delta);
    const threads = [new Thread(publisher), new Thread(publisher), new Thread(publisher)];
    stringified = 0;
    const published = publisher.publish(config(1, numbered(300)));
    for (const thread of threads) await thread.settle();
    await published;
    assert.equal(stringified, 300);
    for (const thread of threads) assert.equal(thread.serves.size, 300);
  });

  it('is done when the last thread serves it', async () => {
    const publisher = new Publisher(delta);
    const [a, b] = [new Thread(publisher), new Thread(publisher)];
    let done = false;
    const published = publisher.publish(config(1, ['x'])).then(() => (done = true));
    await a.settle();
    assert.equal(done, false);
    assert.equal(publisher.pending?.revision, 1);
    await b.settle();
    await published;
    assert.equal(publisher.pending, null);
    assert.equal(publisher.served?.revision, 1);
  });

  it('sends only the newest of what came during a commit', async () => {
    const publisher = new Publisher(delta);
    const thread = new Thread(publisher);
    const first = publisher.publish(config(1, ['a']));
    await turn();
    const second = publisher.publish(config(2, ['b']));
    const third = publisher.publish(config(3, ['c']));
    const commits: number[] = [];
    while (thread.inbox.length > 0) {
      for (const message of thread.inbox)
        if (message.type === 'commit') commits.push(message.revision);
      thread.step();
      await turn();
    }
    await Promise.all([first, second, third]);
    assert.deepEqual(commits, [1, 3]);
    assert.deepEqual([...thread.serves], ['c']);
  });

  it('brings a thread that joins late there from nothing', async () => {
    const publisher = new Publisher(delta);
    const early = new Thread(publisher);
    const published = publisher.publish(config(1, ['a', 'b']));
    await early.settle();
    await published;
    const late = new Thread(publisher);
    await late.settle();
    assert.deepEqual([...late.serves], ['a', 'b']);
  });

  it('waits no longer for a thread that has ended', async () => {
    const publisher = new Publisher(delta);
    const [a, dead] = [new Thread(publisher), new Thread(publisher)];
    const published = publisher.publish(config(1, ['a']));
    await a.settle();
    publisher.detach(dead.feed);
    await published;
  });

  it('goes back everywhere when one thread cannot compile it, and says why', async () => {
    const publisher = new Publisher(delta);
    const [a, b] = [new Thread(publisher), new Thread(publisher)];
    const first = publisher.publish(config(1, ['good']));
    await Promise.all([a.settle(), b.settle()]);
    await first;
    b.refuses.add(2);
    const second = publisher.publish(config(2, ['bad']));
    const refused = assert.rejects(
      second,
      (error) => error instanceof RefusedError && error.message === 'plugin x (1): no',
    );
    await a.settle();
    assert.deepEqual([...a.serves], ['bad']);
    await b.settle();
    await refused;
    await a.settle();
    assert.deepEqual([...a.serves], ['good']);
    assert.deepEqual([...b.serves], ['good']);
    const third = publisher.publish(config(3, ['good', 'better']));
    await Promise.all([a.settle(), b.settle()]);
    await third;
    assert.deepEqual([...b.serves], ['good', 'better']);
  });

  it('does not send the same again to a thread that cannot compile what others serve', async () => {
    const publisher = new Publisher(delta);
    const a = new Thread(publisher);
    const published = publisher.publish(config(1, ['x']));
    await a.settle();
    await published;
    const late = new Thread(publisher);
    late.refuses.add(1);
    await late.settle();
    assert.equal(late.feed.served, null);
    assert.equal(late.inbox.length, 0);
    assert.deepEqual([...a.serves], ['x']);
  });
});

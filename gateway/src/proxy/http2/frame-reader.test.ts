import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { DATA, FRAME_HEADER, FRAME_SIZE, frameHeader } from './frames.ts';

/** Keeps a copy of each payload, and what it was read from. */
class Frames implements FrameSink {
  readonly payloads: Buffer[] = [];
  readonly memories = new Set<ArrayBufferLike>();
  oversized = 0;

  onFrame(
    _type: number,
    _flags: number,
    _stream: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    this.payloads.push(Buffer.from(bytes.subarray(start, end)));
    this.memories.add(bytes.buffer);
    return true;
  }

  onOversized(): void {
    this.oversized++;
  }
}

const payload = (length: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff));

const frame = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(frameHeader(bytes.length, DATA, 0, 1), 'latin1'), bytes]);

describe('a reader of frames', () => {
  const payloads = [0, 1, 4096, 0, 5000, FRAME_SIZE, 3, FRAME_SIZE].map(payload);
  const bytes = Buffer.concat(payloads.map(frame));

  for (const step of [1, 8, 9, 10, 1000, FRAME_SIZE, FRAME_SIZE + FRAME_HEADER, 65_536]) {
    it(`puts frames together that arrive in pieces of ${step}`, () => {
      const reader = new FrameReader(FRAME_SIZE);
      const sink = new Frames();
      for (let at = 0; at < bytes.length; at += step) {
        reader.read(bytes, at, Math.min(bytes.length, at + step), sink);
      }
      assert.deepEqual(sink.payloads, payloads);
      assert.equal(reader.waiting, false);
    });
  }

  it('puts one long frame after the other together in the same memory', () => {
    const reader = new FrameReader(FRAME_SIZE);
    const sink = new Frames();
    const long = frame(payload(FRAME_SIZE, 1));
    for (let i = 0; i < 1000; i++) {
      reader.read(long, 0, 10_000, sink);
      reader.read(long, 10_000, long.length, sink);
    }
    assert.equal(sink.payloads.length, 1000);
    assert.equal(sink.memories.size, 1);
  });

  it('does not touch a frame that another reader is still putting together', () => {
    const [one, other] = [new FrameReader(FRAME_SIZE), new FrameReader(FRAME_SIZE)];
    const [first, second] = [payload(FRAME_SIZE, 1), payload(FRAME_SIZE, 2)];
    const sinks = [new Frames(), new Frames()] as const;
    for (let i = 0; i < 3; i++) {
      const [begun, whole] = [frame(first), frame(second)];
      one.read(begun, 0, 9000, sinks[0]);
      other.read(whole, 0, 100, sinks[1]);
      other.read(whole, 100, whole.length, sinks[1]);
      one.read(begun, 9000, begun.length, sinks[0]);
    }
    assert.deepEqual(sinks[0].payloads, [first, first, first]);
    assert.deepEqual(sinks[1].payloads, [second, second, second]);
  });

  it('takes no more of a frame that is too long than its header', () => {
    const reader = new FrameReader(FRAME_SIZE);
    const sink = new Frames();
    const header = Buffer.from(frameHeader(FRAME_SIZE + 1, DATA, 0, 1), 'latin1');
    reader.read(header, 0, 4, sink);
    assert.equal(reader.read(header, 4, header.length, sink), false);
    assert.equal(sink.oversized, 1);
    assert.equal(reader.waiting, false);
  });
});

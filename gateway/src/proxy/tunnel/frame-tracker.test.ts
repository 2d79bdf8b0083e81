import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { closeFrame, maskedCloseFrame } from './close-frame.ts';
import { FrameTracker } from './frame-tracker.ts';

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  readonly length: number;
}

/** A frame with a payload of 0xff, so that one that is taken for a header leads astray. */
function frame({ final, opcode, masked, length }: Frame): Buffer {
  const start = [(final ? 0x80 : 0) | opcode];
  const mask = masked ? 0x80 : 0;
  if (length < 126) start.push(mask | length);
  else if (length < 65536) start.push(mask | 126, length >> 8, length & 0xff);
  else start.push(mask | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff);
  const key = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(start), key, Buffer.alloc(length, 0xff)]);
}

const frames = fc.array(
  fc.record({
    final: fc.boolean(),
    opcode: fc.constantFrom(0, 1, 2, 9, 10),
    masked: fc.boolean(),
    length: fc.oneof(fc.nat(10), fc.constantFrom(125, 126, 127, 65535, 65536, 70000)),
  }),
  { maxLength: 8 },
);

function trackInPieces(tracker: FrameTracker, bytes: Buffer, cuts: readonly number[]): void {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  places.sort((a, b) => a - b);
  for (let i = 1; i < places.length; i++) tracker.track(bytes.subarray(places[i - 1], places[i]));
}

describe('FrameTracker', () => {
  it('counts messages by their last frames, however the bytes are cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(200_000), { maxLength: 8 }), (list, cuts) => {
        const tracker = new FrameTracker();
        trackInPieces(tracker, Buffer.concat(list.map(frame)), cuts);
        const whole = list.filter(({ final, opcode }) => final && opcode < 8);
        assert.equal(tracker.messages, whole.length);
        assert.ok(tracker.atBoundary);
        assert.equal(tracker.closeCode, 0);
      }),
    );
  });

  it('knows that a frame is not over, byte by byte', () => {
    const bytes = frame({ final: true, opcode: 2, masked: true, length: 300 });
    const tracker = new FrameTracker();
    for (let i = 0; i < bytes.length; i++) {
      assert.ok(i === 0 || !tracker.atBoundary);
      tracker.track(bytes.subarray(i, i + 1));
    }
    assert.ok(tracker.atBoundary);
  });

  it('stops at the end of a frame when asked to', () => {
    const first = frame({ final: true, opcode: 1, masked: false, length: 200 });
    const second = frame({ final: true, opcode: 1, masked: false, length: 5 });
    const bytes = Buffer.concat([first, second]);
    const tracker = new FrameTracker();
    tracker.track(bytes.subarray(0, 50));
    assert.equal(tracker.trackFrame(bytes.subarray(50)), first.length - 50);
    assert.ok(tracker.atBoundary);
  });

  it('reads the code of a Close frame, masked or not, however it is cut', () => {
    for (const make of [closeFrame, maskedCloseFrame]) {
      const bytes = Buffer.from(make(4321, 'over'));
      for (let cut = 0; cut <= bytes.length; cut++) {
        const tracker = new FrameTracker();
        trackInPieces(tracker, bytes, [cut]);
        assert.equal(tracker.closeCode, 4321);
        assert.ok(tracker.atBoundary);
      }
    }
  });

  it('takes a Close frame without a code for 1005', () => {
    const tracker = new FrameTracker();
    tracker.track(Buffer.from([0x88, 0]));
    assert.equal(tracker.closeCode, 1005);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { MetricBlock, createMetricMemory } from './metric-block.ts';

describe('metric block', () => {
  it('hands out cells in a row that do not overlap', () => {
    const block = new MetricBlock(createMetricMemory(10));
    assert.equal(block.allocate(3), 0);
    assert.equal(block.allocate(4), 3);
    assert.equal(block.free, 3);
  });

  it('says when it is full and still hands out what fits', () => {
    const block = new MetricBlock(createMetricMemory(4));
    block.allocate(2);
    assert.equal(block.allocate(3), -1);
    assert.equal(block.allocate(2), 2);
    assert.equal(block.allocate(1), -1);
  });

  it('shows another thread what its owner wrote', async () => {
    const memory = createMetricMemory(8);
    const block = new MetricBlock(memory);
    block.cells[block.allocate(1)] = 0.25;
    const seen = await new Promise((resolve, reject) => {
      const worker = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads');
         parentPort.postMessage(new Float64Array(workerData)[0]);`,
        { eval: true, workerData: memory },
      );
      worker.on('message', resolve).on('error', reject);
    });
    assert.equal(seen, 0.25);
  });

  it('refuses sizes that cannot be', () => {
    for (const cells of [0, -1, 1.5, NaN]) {
      assert.throws(() => createMetricMemory(cells), RangeError);
    }
  });
});

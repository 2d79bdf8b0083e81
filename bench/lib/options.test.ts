import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from './options.ts';

describe('options of a bench', () => {
  it('are seven rounds on cores 0 and 1 unless told otherwise', () => {
    const { rounds, cores, quick, only, peers } = readOptions([]);
    assert.deepEqual(
      { rounds, cores, quick, only, peers },
      {
        rounds: 7,
        cores: { proxy: 0, load: 1 },
        quick: false,
        only: [],
        peers: [],
      },
    );
  });

  it('are one short round with --quick', () => {
    const { rounds, seconds, warmup } = readOptions(['--quick']);
    assert.deepEqual({ rounds, seconds, warmup }, { rounds: 1, seconds: 1, warmup: 0 });
  });

  it('take peers by name, address and process, and give the backend a known port then', () => {
    const { peers, backendPort } = readOptions(['--peer', 'Kong=http://127.0.0.1:8000/,12']);
    assert.deepEqual(peers, [{ name: 'Kong', url: 'http://127.0.0.1:8000', pid: 12 }]);
    assert.equal(backendPort, 18080);
    assert.equal(readOptions([]).backendPort, 0);
  });

  it('say which one is wrong and what it should be', () => {
    assert.throws(() => readOptions(['--rounds', '0']), /--rounds takes a whole number from 1 on/);
    assert.throws(() => readOptions(['--cores', '1,1']), /--cores takes two different cores/);
    assert.throws(() => readOptions(['--peer', 'Kong']), /--peer takes NAME=URL,PID/);
    assert.throws(() => readOptions(['--qick']), /--qick[\s\S]*Options:/);
  });
});

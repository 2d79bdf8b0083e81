import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CpuProfile, selfTimes, toFrames } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

const node = (id: number, functionName: string, children: number[], url = '') => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
});

const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', [2, 3, 5]),
    node(2, '(idle)', []),
    node(3, 'read', [4], 'file:///x/gateway/dist/proxy/net.js'),
    node(4, 'parse', [], 'file:///x/gateway/dist/proxy/parse.js'),
    node(5, 'write', [6], 'node:net'),
    node(6, 'parse', [], 'file:///x/gateway/dist/proxy/parse.js'),
  ],
  samples: [2, 3, 4, 4, 6],
  timeDeltas: [500, 10, 20, 30, 40],
};

describe('CPU profile', () => {
  it('adds up what each function took, with and without what it called', () => {
    const [read, write] = toFrames(profile).children;
    assert.deepEqual([read?.name, read?.self, read?.total], ['read', 10, 60]);
    assert.deepEqual([write?.name, write?.self, write?.total], ['write', 0, 40]);
  });

  it('leaves out the time in which the thread waited', () => {
    assert.equal(toFrames(profile).total, 100);
  });

  it('sums self time over all callers, most first', () => {
    assert.deepEqual(selfTimes(toFrames(profile)), [
      { name: 'parse', place: 'proxy/parse.js:10', self: 90 },
      { name: 'read', place: 'proxy/net.js:10', self: 10 },
    ]);
  });
});

describe('flame graph', () => {
  it('cannot be left by a name that looks like a tag', () => {
    const root = { name: '</script><b>', place: '', self: 1, total: 1, children: [] };
    const page = flameGraph('a < b', root);
    assert.doesNotMatch(page, /<\/script><b>/);
    assert.match(page, /<title>a &lt; b<\/title>/);
  });
});

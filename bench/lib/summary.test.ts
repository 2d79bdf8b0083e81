import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Round } from './rounds.ts';
import { judge, remarksOn, summarise } from './summary.ts';

/** A round in which each of 1,000 requests took so much CPU time, µs. */
function round(cpu: number | null, rest: Partial<Round> = {}): Round {
  const cpuMicros = cpu === null ? null : cpu * 1000;
  const sound = {
    requests: 1000,
    seconds: 2,
    residentBytes: 1,
    p50: 1,
    p99: 2,
    problems: [],
    foreignShare: 0,
  };
  return { ...sound, cpuMicros, ...rest };
}

const nginx = [20, 40, 30].map((cpu) => round(cpu));
const goal = { atMost: 1.1, of: 'nginx' };
const resultsWith = (cpus: number[], problems: string[] = []) => [
  summarise('nginx', nginx, nginx),
  summarise(
    'Sluice',
    cpus.map((cpu) => round(cpu, { problems })),
    nginx,
  ),
];

describe('summary', () => {
  it('compares each round with the same round of nginx', () => {
    const { ratio, cpu, rate } = summarise(
      'Sluice',
      [22, 44, 33].map((c) => round(c)),
      nginx,
    );
    assert.equal(ratio?.min.toFixed(3), '1.100');
    assert.equal(ratio?.max.toFixed(3), '1.100');
    assert.equal(cpu?.median, 33);
    assert.equal(rate.median, 500);
  });

  it('gives no CPU time for what shares its core with the load', () => {
    const { cpu, ratio } = summarise('direct', [round(null)], nginx);
    assert.deepEqual([cpu, ratio], [null, null]);
  });

  it('does not take a round without answers for a cheap one', () => {
    const { ratio } = summarise('Sluice', [round(22), round(1, { requests: 0 })], nginx);
    assert.equal(ratio?.median, 1.1);
  });

  it('names each problem once', () => {
    const bad = round(1, { problems: ['no answers at all'] });
    assert.deepEqual(summarise('x', [bad, bad], nginx).problems, ['no answers at all']);
  });

  it('says when others used the core as well', () => {
    const busy = [0.4, 0.3, 0.5].map((foreignShare) => round(20, { foreignShare }));
    assert.equal(remarksOn(summarise('x', busy, nginx)), 'NOISY: others used 40.0 % of its core');
    assert.equal(remarksOn(summarise('x', nginx, nginx)), '');
  });

  it('judges by the median', () => {
    assert.equal(judge(goal, resultsWith([20, 40, 90]))?.verdict, 'reached');
    assert.equal(judge(goal, resultsWith([30, 60, 45]))?.verdict, 'not reached');
  });

  it('counts a bound within the middle half of the measurements as reached', () => {
    assert.equal(judge(goal, resultsWith([20, 46, 60]))?.verdict, 'reached within the spread');
  });

  it('judges nothing that went wrong', () => {
    assert.equal(judge(goal, resultsWith([20, 40, 30], ['2 socket errors']))?.verdict, 'INVALID');
  });

  it('judges nothing that has no goal', () => {
    assert.equal(judge(undefined, resultsWith([1, 1, 1])), null);
  });
});

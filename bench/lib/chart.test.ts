import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawChart, escapeXml } from './chart.ts';

describe('chart', () => {
  const rows = [{ label: 'a < b', bars: [{ name: 'R&D', value: 1.25, own: true }] }];
  const svg = drawChart('Say "less"', rows, ['note']);

  it('escapes what names may hold', () => {
    assert.equal(escapeXml(`<a b="c" d='e'>&`), '&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;');
    assert.match(svg, /a &lt; b/);
    assert.match(svg, /R&amp;D/);
    assert.match(svg, /aria-label="Say &quot;less&quot;"/);
  });

  it('draws bars to the scale of the line at 1', () => {
    const bar = Number(/<rect class="own" x="\d+" y="\d+" width="([\d.]+)"/.exec(svg)?.[1]);
    const start = Number(/<rect class="own" x="(\d+)"/.exec(svg)?.[1]);
    const one = Number(/<line class="one" x1="([\d.]+)"/.exec(svg)?.[1]);
    assert.ok(Math.abs(bar / (one - start) - 1.25) < 0.01, `${bar} to ${one - start}`);
  });

  it('grows with its rows', () => {
    const height = (text: string): number => Number(/height="(\d+)" role/.exec(text)?.[1]);
    assert.ok(height(drawChart('t', [...rows, ...rows], [])) > height(drawChart('t', rows, [])));
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { anchorsIn, brokenLinks, linksIn } from './doc-links.ts';

const root = new URL('../..', import.meta.url).pathname;

describe('The documents', () => {
  it('lead to files and headings that there are', () => {
    assert.deepEqual(brokenLinks(root), []);
  });

  it('are found wanting where a file or a heading is missing', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'links-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'a.md'), '# One\n[a](b.md) [b](c.md#two) [c](#one) [d](c.md#One)');
    writeFileSync(join(folder, 'c.md'), '# Two\n[e](https://example.com/x.md)');
    assert.deepEqual(brokenLinks(folder), ['a.md: b.md', 'a.md: c.md#One']);
  });

  it('have links in text and in tags, not in code', () => {
    const text = '[a](b "c") `[d](e)` <img src="f.svg">\n```\n[g](h)\n```\n[`i`](j)';
    assert.deepEqual(linksIn(text), ['b', 'f.svg', 'j']);
  });

  it('have anchors as GitHub names them', () => {
    const text = '# A `b_c`: d\n## A [link](x.md)\n```\n# no\n```\n# Twice\n# Twice';
    assert.deepEqual([...anchorsIn(text)], ['a-b_c-d', 'a-link', 'twice', 'twice-1']);
  });
});

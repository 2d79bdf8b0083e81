import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { candidates, parseSearchList, readSearchList } from './search-list.ts';

describe('the search list of resolv.conf', () => {
  it('takes domains and ndots as Kubernetes writes them', () => {
    const text =
      'nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\n' +
      'options ndots:5 timeout:1\n';
    assert.deepEqual(parseSearchList(text), {
      domains: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
    });
  });

  it('lets the last of several search and domain lines count', () => {
    assert.deepEqual(parseSearchList('search a b\ndomain c\n').domains, ['c']);
    assert.deepEqual(parseSearchList('domain c\nsearch a b\n').domains, ['a', 'b']);
  });

  it('passes over comments, root domains and what is not a number of dots', () => {
    const text = '# search x\n; search y\nsearch . Corp.Test. # z\noptions ndots:many ndots:99\n';
    assert.deepEqual(parseSearchList(text), { domains: ['corp.test'], ndots: 15 });
  });

  it('is empty when there is no file', () => {
    assert.deepEqual(readSearchList('/nonexistent/resolv.conf'), { domains: [], ndots: 1 });
  });

  it('reports a file that cannot be read', () => {
    assert.throws(() => readSearchList('/'), { code: 'EISDIR' });
  });
});

describe('the full names to ask for', () => {
  const list = { domains: ['svc.test', 'test'], ndots: 2 };

  it('are within the domains first for a short name', () => {
    assert.deepEqual(candidates('orders.shop', list), [
      'orders.shop.svc.test',
      'orders.shop.test',
      'orders.shop',
    ]);
  });

  it('begin with the name itself once it has dots enough', () => {
    assert.deepEqual(candidates('a.b.c', list), ['a.b.c', 'a.b.c.svc.test', 'a.b.c.test']);
  });

  it('are the name alone when it ends in a dot', () => {
    assert.deepEqual(candidates('orders.shop.', list), ['orders.shop']);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HostsFile, parseHosts } from './hosts-file.ts';

describe('the hosts file', () => {
  let directory = '';
  before(async () => (directory = await mkdtemp(join(tmpdir(), 'hosts-'))));
  after(() => rm(directory, { recursive: true }));

  it('gives every name of a line its address, whatever its case', () => {
    const names = parseHosts('10.0.0.1 Orders orders.test # orders.old\n# 10.0.0.2 x\n\n');
    assert.deepEqual(names.get('orders'), ['10.0.0.1']);
    assert.deepEqual(names.get('orders.test'), ['10.0.0.1']);
    assert.equal(names.has('orders.old'), false);
    assert.equal(names.has('x'), false);
  });

  it('collects the addresses of a name that stands on several lines', () => {
    const names = parseHosts('10.0.0.1 a\n10.0.0.2 a\n10.0.0.1 a');
    assert.deepEqual(names.get('a'), ['10.0.0.1', '10.0.0.2']);
  });

  it('prefers IPv4 and takes IPv6 where there is nothing else', () => {
    const names = parseHosts('::1 a b\n127.0.0.1 a\n');
    assert.deepEqual(names.get('a'), ['127.0.0.1']);
    assert.deepEqual(names.get('b'), ['::1']);
  });

  it('passes over lines without a valid address', () => {
    assert.equal(parseHosts('10.0.0.256 a\nnonsense b\n\u0000\n').size, 0);
  });

  it('is read again when it changes, appears or goes', async () => {
    const path = join(directory, 'hosts');
    const hosts = new HostsFile(path);
    assert.equal(await hosts.lookup('a'), undefined);
    await writeFile(path, '10.0.0.1 a\n');
    assert.deepEqual(await hosts.lookup('a'), ['10.0.0.1']);
    await writeFile(path, '10.0.0.22 a\n');
    assert.deepEqual(await hosts.lookup('a'), ['10.0.0.22']);
    await rm(path);
    assert.equal(await hosts.lookup('a'), undefined);
  });

  it('rejects when it cannot be read', async () => {
    await assert.rejects(new HostsFile(directory).lookup('a'), { code: 'EISDIR' });
  });
});

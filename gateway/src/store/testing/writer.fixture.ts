/**
 * A process that writes to a store without end and says what was committed, one name a line, until
 * it is killed. Argument: the target of `openStore` as JSON.
 */
import { writeSync } from 'node:fs';
import { openStore, type StoreTarget } from '../open-store.ts';
import { route, service } from './entities.ts';

const store = await openStore(JSON.parse(process.argv[2] ?? '') as StoreTarget);
const run = crypto.randomUUID();

async function write(writer: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const one = service({ name: `${run}-${writer}-${count}`, tags: ['written'] });
    await store.transaction(async (tx) => {
      await tx.insert('services', one);
      await tx.insert('routes', route({ name: one.name, service: { id: one.id } }));
    });
    writeSync(1, `${one.name}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(write));

import { MemoryStore } from './memory-store.ts';
import { storeSuite } from '../store.suite.ts';

storeSuite('the store in memory', () =>
  Promise.resolve({
    open: () => Promise.resolve(new MemoryStore()),
    close: () => Promise.resolve(),
  }),
);

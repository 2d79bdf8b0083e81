import { after, before, describe } from 'node:test';
import type { Store } from './contract.ts';
import { changesSuite } from './suite/changes.suite.ts';
import { conflictsSuite } from './suite/conflicts.suite.ts';
import { deletesSuite } from './suite/deletes.suite.ts';
import { expirySuite } from './suite/expiry.suite.ts';
import { listsSuite } from './suite/lists.suite.ts';
import { messagesSuite } from './suite/messages.suite.ts';
import { parallelSuite } from './suite/parallel.suite.ts';
import { readsSuite } from './suite/reads.suite.ts';
import { tagsSuite } from './suite/tags.suite.ts';
import { tokensSuite } from './suite/tokens.suite.ts';
import { transactionsSuite } from './suite/transactions.suite.ts';

/** Where the stores under test live. */
export interface StoreHome {
  /** An empty store; a new one each time. The home closes it. */
  open(): Promise<Store>;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<Store>;

/** What every store has to do. */
export function storeSuite(name: string, makeHome: () => Promise<StoreHome>): void {
  describe(name, () => {
    let home: StoreHome;
    before(async () => {
      home = await makeHome();
    });
    after(() => home.close());
    const open: OpenStore = () => home.open();
    readsSuite(open);
    listsSuite(open);
    tagsSuite(open);
    transactionsSuite(open);
    conflictsSuite(open);
    deletesSuite(open);
    changesSuite(open);
    messagesSuite(open);
    parallelSuite(open);
    expirySuite(open);
    tokensSuite(open);
  });
}

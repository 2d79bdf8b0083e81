import {
  RevisionMoved,
  type StoredChange,
  type StoreTransaction,
  type TransactionOptions,
} from '../contract.ts';
import { EntityTransaction } from './entity-transaction.ts';
import type { TransactionBackend } from './backend.ts';

/** What a transaction comes to, before it is committed. */
export interface Settled<T> {
  readonly value: T;
  readonly changes: readonly StoredChange[];
}

/** Lets `work` do its changes, writes them and has them judged. */
export async function settle<T>(
  backend: TransactionBackend,
  work: (tx: StoreTransaction) => Promise<T>,
  options: TransactionOptions,
): Promise<Settled<T>> {
  const tx = new EntityTransaction(backend);
  try {
    const value = await work(tx);
    const changes = await tx.finish();
    await options.judge?.(changes);
    return { value, changes };
  } finally {
    tx.close();
  }
}

/**
 * @param newest revision, which stays the newest until the transaction is over
 * @throws RevisionMoved
 */
export function checkFollows({ follows }: TransactionOptions, newest: number): void {
  if (follows !== undefined && follows !== newest) throw new RevisionMoved(newest);
}

import assert from 'node:assert/strict';
import type { Caller, Outcome } from './callers.ts';
import type { Fields } from './mirror.ts';

/** A route with plugins, and what is to be seen of them whatever a request is made with. */
export interface Row {
  /** Named as the plugin that it is about. */
  readonly route: string;
  readonly plugins: readonly object[];
  readonly check: (
    call: (headers?: Fields, message?: Buffer) => Promise<Outcome>,
    caller: Caller,
  ) => Promise<void>;
}

/** For rows of plugins that go by the consumer. */
export const keyAuth = { name: 'key-auth', config: { hide_credentials: true } };

/** The request was refused before the service saw it, in words that the client understands. */
export function assertRefused(outcome: Outcome, status: number, message: string): void {
  const { seen, status: got, message: told } = outcome;
  assert.deepEqual({ seen, status: got, message: told }, { seen: null, status, message });
}

/** The request passed, as one of alice's. */
export function assertOfAlice({ status, seen }: Outcome): void {
  assert.equal(status, 200);
  assert.equal(seen?.['x-consumer-username'], 'alice');
}

import { AdminError, type AdminAnswer, type Operation } from '../endpoint.ts';

/** Short ways to write operations that always answer the same. */

/** Reads something and answers with it. */
export function reading(summary: string, read: () => unknown): Operation {
  return { summary, handle: async () => ({ status: 200, body: await read() }) };
}

/** An operation of Kong's that cannot do anything here; the message says why. */
export function refusing(summary: string, status: number, message: string): Operation {
  return {
    summary,
    describes: { answer: { status } },
    handle: () => {
      throw new AdminError(status, { message });
    },
  };
}

/** Answers without a body. */
export const noContent: AdminAnswer = { status: 204 };

/** What there is nothing of, which Kong answers too when it has none. */
export const emptyList: AdminAnswer = { status: 200, body: { data: [], next: null } };

import { readFileSync } from 'node:fs';
import type { AdminClient, JsonObject } from '../support/admin-client.ts';
import type { Random } from '../fuzz/random.ts';
import type { Content, Ledger } from './ledger.ts';

/** What is kept of a consumer: fields, tags and keys stand in tables of their own. */
interface ConsumerState {
  readonly number: number;
  readonly keys: readonly string[];
}

/** A write, and what it leaves. */
interface Write {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly next: Content;
}

const certificate = recordedCertificate();

function recordedCertificate(): { cert: unknown; key: unknown } {
  const file = new URL('../golden/admin/deck-sync.json', import.meta.url);
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as {
    steps: { request: { method: string; path: string; body?: JsonObject } }[];
  };
  const put = steps.find(({ request }) => /^\/certificates\/.*/.test(request.path) && request.body);
  return { cert: put?.request.body?.['cert'], key: put?.request.body?.['key'] };
}

/**
 * Writes one thing after the other until the gateway or its store is gone, each of which changes
 * several rows.
 *
 * @returns when an answer was missing or 5xx
 * @throws Error for an answer that is wrong
 */
export async function writeUntilGone(
  admin: AdminClient,
  writer: number,
  random: Random,
  ledger: Ledger,
): Promise<void> {
  for (;;) {
    const name = random.chance(0.2)
      ? `certificate ${writer}`
      : `consumer w${writer}-${random.below(20)}`;
    const [kind, id = ''] = name.split(' ');
    const write =
      kind === 'certificate'
        ? certificateWrite(writer, random)
        : consumerWrite(id, ledger.content(name), random);
    ledger.begin(name, write.next);
    const answer = await admin
      .send(write.method, write.path, write.body)
      .catch(() => ({ status: 0, text: '' }));
    if (answer.status === 0 || answer.status >= 500) return;
    if (answer.status >= 300) {
      throw new Error(`${write.method} ${write.path}: ${answer.status} ${answer.text}`);
    }
    ledger.settle(name);
  }
}

/** A certificate with a pair of names: never one of the old and one of the new. */
function certificateWrite(writer: number, random: Random): Write {
  const number = random.below(1000);
  const snis = ['a', 'b'].map((letter) => `${letter}${number}.writer-${writer}.test`);
  return {
    method: 'PUT',
    path: `/certificates/00000000-0000-4000-8000-${String(writer).padStart(12, '0')}`,
    body: { ...certificate, snis },
    next: snis.join(' '),
  };
}

function consumerWrite(username: string, content: Content, random: Random): Write {
  const number = random.below(1_000_000);
  const body = { custom_id: `${username}-${number}`, tags: [`n${number}`] };
  if (content === null) {
    const next = describeConsumer({ number, keys: [] });
    return { method: 'POST', path: '/consumers', body: { username, ...body }, next };
  }
  const { keys } = JSON.parse(content) as ConsumerState;
  const path = `/consumers/${username}`;
  switch (random.below(4)) {
    case 0:
      return { method: 'DELETE', path, next: null };
    case 1: {
      const key = `${username}-key-${number}`;
      const next = describeConsumer({
        ...(JSON.parse(content) as ConsumerState),
        keys: [...keys, key],
      });
      return { method: 'POST', path: `${path}/key-auth`, body: { key }, next };
    }
    case 2:
      return { method: 'PUT', path, body, next: describeConsumer({ number, keys }) };
    default:
      return { method: 'PATCH', path, body, next: describeConsumer({ number, keys }) };
  }
}

function describeConsumer({ number, keys }: ConsumerState): string {
  return JSON.stringify({ number, keys: [...new Set(keys)].sort() });
}

/** What a store has, by the names in the ledger. Throws when parts do not belong together. */
export async function readStored(admin: AdminClient): Promise<Map<string, string>> {
  const stored = new Map<string, string>();
  const [consumers, keys, certificates, snis, tags] = await Promise.all(
    ['/consumers', '/key-auths', '/certificates', '/snis', '/tags'].map((path) => admin.list(path)),
  );
  const uses = new Set(
    (tags ?? []).map(({ tag, entity_id: id }) => `${String(tag)} ${String(id)}`),
  );
  const owners = new Map<unknown, string[]>((consumers ?? []).map(({ id }) => [id, []]));
  for (const { key, consumer } of keys ?? []) {
    const owned = owners.get((consumer as { id: string }).id);
    if (owned === undefined) throw new Error(`the key ${String(key)} has lost its consumer`);
    owned.push(String(key));
  }
  for (const { id, username, custom_id: customId, tags: own } of consumers ?? []) {
    const number = Number(String(customId).split('-').at(-1));
    const tag = `n${number}`;
    if (String(own) !== tag || !uses.delete(`${tag} ${String(id)}`)) {
      throw new Error(
        `${String(username)} is changed by half: ${String(customId)}, ${String(own)}`,
      );
    }
    const state = describeConsumer({ number, keys: owners.get(id) ?? [] });
    stored.set(`consumer ${String(username)}`, state);
  }
  if (uses.size > 0) throw new Error(`tags of nothing: ${[...uses].join(', ')}`);
  for (const { id, snis: names } of certificates ?? []) {
    const text = (names as string[]).join(' ');
    const rows = (snis ?? []).filter(({ certificate: owner }) => idOf(owner) === id);
    const listed = rows.map(({ name }) => name).sort();
    if (listed.join(' ') !== text)
      throw new Error(`SNIs of ${String(id)}: ${text}; ${String(listed)}`);
    stored.set(`certificate ${Number(String(id).slice(-12))}`, text);
  }
  return stored;
}

function idOf(reference: unknown): unknown {
  return (reference as { id: unknown }).id;
}

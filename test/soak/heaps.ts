import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

/** What is counted: what lives no longer than a connection or a request. */
export const SHORT_LIVED = [
  'HttpExchange',
  'RequestBody',
  'BodyReader',
  'ChunkedDecoder',
  'ProxyHeaderReader',
  'NameReader',
  'ClientConnection',
  'BareSocket',
  'ResponseWriter',
  'UpstreamConnection',
  'Http2Connection',
  // One for each stream; the streams themselves are called as a class of Node's is.
  'Http2StreamOutput',
  'TlsHandshake',
  'TlsSocket',
] as const;

export type Census = Readonly<Record<(typeof SHORT_LIVED)[number], number>>;

/** How long all threads may take to write their heaps, ms. */
const PATIENCE = 120_000;

/** A hand on the heaps of a gateway that was started with this `environment`. */
export class Heaps {
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-heaps-'));

  constructor() {
    const agent = fileURLToPath(new URL('heap-agent.ts', import.meta.url));
    this.environment = { NODE_OPTIONS: `--import ${agent}`, SOAK_HEAPS: this.#folder };
  }

  /** Has every thread collect its garbage now; that it has is not waited for. */
  collect(gateway: Gateway): void {
    this.#command(gateway, 'collect');
  }

  /** What all proxy threads together hold after a collection. */
  async count(gateway: Gateway, threads: number): Promise<Census> {
    this.#command(gateway, 'write');
    const heaps = (): string[] =>
      readdirSync(this.#folder).filter((name) => name.endsWith('.heapsnapshot'));
    await until('every thread has written its heap', () => heaps().length === threads, PATIENCE);
    const censuses = heaps().map((name) => countIn(join(this.#folder, name)));
    return Object.fromEntries(
      SHORT_LIVED.map((name) => [name, censuses.reduce((sum, one) => sum + one[name], 0)]),
    ) as Census;
  }

  #command(gateway: Gateway, command: 'collect' | 'write'): void {
    writeFileSync(join(this.#folder, 'command'), command);
    gateway.signal('SIGUSR1');
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: string[]; readonly node_types: unknown[] };
  };
  readonly nodes: number[];
  readonly strings: string[];
}

function countIn(file: string): Record<(typeof SHORT_LIVED)[number], number> {
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const object = (types[0] as string[]).indexOf('object');
  const typeAt = fields.indexOf('type');
  const nameAt = fields.indexOf('name');
  const byName = new Map(SHORT_LIVED.map((name) => [strings.indexOf(name), name]));
  // The class itself is always there, so a name that is not belongs to none.
  if (byName.has(-1)) throw new Error(`${byName.get(-1)} is no class of the gateway any more`);
  const census = Object.fromEntries(SHORT_LIVED.map((name) => [name, 0])) as Record<
    (typeof SHORT_LIVED)[number],
    number
  >;
  for (let i = 0; i < nodes.length; i += fields.length) {
    const name = byName.get(nodes[i + nameAt]!);
    if (name !== undefined && nodes[i + typeAt] === object) census[name]++;
  }
  return census;
}

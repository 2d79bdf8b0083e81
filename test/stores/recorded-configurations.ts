import { readdirSync, readFileSync } from 'node:fs';
import { Ctx } from '../golden/replay-proxy.mjs';

/** A configuration that Kong took. */
export interface RecordedConfiguration {
  readonly name: string;
  /** JSON or YAML. */
  readonly text: string;
}

const golden = new URL('../golden/', import.meta.url);

/** Configurations that are written in a language of routes that Sluice does not speak. */
const otherFlavour = new Set(['router-flavor-expressions']);

function readAll<T>(folder: string): T[] {
  return readdirSync(new URL(folder, golden))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(`${folder}${name}`, golden), 'utf8')) as T);
}

/** Every different configuration of the recordings. */
export function recordedConfigurations(): RecordedConfiguration[] {
  const all = new Map<string, RecordedConfiguration>();
  for (const one of [...ofProxyRecordings(), ...ofAdminRecordings()]) {
    if (!all.has(one.text)) all.set(one.text, one);
  }
  return [...all.values()];
}

function ofProxyRecordings(): RecordedConfiguration[] {
  // Where the upstreams of the recordings are does not matter here.
  const ctx = new Ctx({ proxyPort: 1, adminPort: 2, ports: [3, 4, 5], deadPort: 6 });
  return readAll<{ scenario: string; config?: object }>('proxy/').flatMap(({ scenario, config }) =>
    config === undefined || otherFlavour.has(scenario)
      ? []
      : [{ name: scenario, text: JSON.stringify(ctx.deep(config)) }],
  );
}

interface AdminRecording {
  readonly scenario: string;
  readonly steps: readonly {
    readonly id: number;
    readonly request: {
      readonly method: string;
      readonly path: string;
      readonly content_type?: string;
      readonly body?: unknown;
    };
    readonly response: { readonly status: number };
  }[];
}

function ofAdminRecordings(): RecordedConfiguration[] {
  return readAll<AdminRecording>('admin/').flatMap(({ scenario, steps }) =>
    steps.flatMap(({ id, request, response }) => {
      const { method, path, content_type: type = '', body } = request;
      const isTaken = method === 'POST' && path.startsWith('/config') && response.status === 201;
      if (!isTaken || !/json|yaml/.test(type)) return [];
      const { config } = body as { config?: unknown };
      const document = typeof config === 'string' ? config : body;
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      return [{ name: `${scenario} ${id}`, text }];
    }),
  );
}

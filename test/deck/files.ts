import { readFileSync } from 'node:fs';
import type { JsonObject } from '../support/admin-client.ts';
import { parseStateFile, type Content } from './state-file.ts';

/** A request of a recording, with what it sent. */
interface RecordedStep {
  readonly request: { readonly method: string; readonly path: string; readonly body?: JsonObject };
  readonly response: { readonly status: number };
}

function recordedSteps(scenario: string): readonly RecordedStep[] {
  const file = new URL(`../golden/admin/${scenario}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { steps: RecordedStep[] }).steps;
}

function recordedBody(path: string): JsonObject {
  const step = recordedSteps('deck-sync').find(
    ({ request }) => request.method === 'PUT' && request.path.startsWith(path),
  );
  return step?.request.body ?? {};
}

/** Reads a state file of this folder, with certificates that were made for the recordings. */
export function stateFile(name: 'shop' | 'shop-changed'): Content {
  const text = readFileSync(new URL(`files/${name}.yaml`, import.meta.url), 'utf8');
  const { cert, key } = recordedBody('/certificates/');
  const { cert: ca } = recordedBody('/ca_certificates/');
  // A PEM has line feeds, so the variables hold quoted texts.
  return parseStateFile(text, {
    DECK_SHOP_CERT: JSON.stringify(cert),
    DECK_SHOP_KEY: JSON.stringify(key),
    DECK_SHOP_CA: JSON.stringify(ca),
  });
}

/** The least that each of Kong's plugins can be configured with, by the recordings. */
export function leastPlugins(): JsonObject[] {
  const plugins = new Map<unknown, JsonObject>();
  for (const scenario of ['ai', 'auth', 'logging', 'traffic']) {
    for (const { request, response } of recordedSteps(`plugins-min-${scenario}`)) {
      const { method, path, body } = request;
      if (method !== 'POST' || path !== '/plugins' || response.status !== 201) continue;
      if (body !== undefined) plugins.set(body['name'], body);
    }
  }
  // What the gateway would make at random, no file can tell.
  const given = { session: 'secret', oauth2: 'provision_key' };
  for (const [name, field] of Object.entries(given)) {
    const plugin = plugins.get(name);
    const config = { ...(plugin?.['config'] as JsonObject), [field]: 'a-secret-of-the-file' };
    plugins.set(name, { ...plugin, config });
  }
  return [...plugins.values()];
}

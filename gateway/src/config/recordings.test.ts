import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { chooseRouterFlavor, type RouterFlavor } from '../entities/router-flavor.ts';
import { fieldTree } from '../entities/schema/failure.ts';
import { knownPlugins } from '../plugins/known.ts';
import { pluginValidator } from '../entities/validators.ts';
import { problemsOf } from './testing/parsed.ts';

interface Exchange {
  readonly id: string;
  readonly request: { readonly json?: { readonly plugins?: readonly Record<string, unknown>[] } };
  readonly response: { readonly status: number; readonly json?: Answer };
}

interface Answer {
  readonly flattened_errors?: readonly { readonly errors: readonly RecordedError[] }[];
}

interface RecordedError {
  readonly type: 'field' | 'entity';
  readonly field?: string;
  readonly message: string;
}

interface Scenario {
  /** Names of `kong.conf`. */
  readonly node_settings: { readonly router_flavor?: RouterFlavor };
  readonly config?: unknown;
  readonly exchanges: readonly Exchange[];
}

const folder = new URL('../../../test/golden/proxy/', import.meta.url);

function scenario(name: string): Scenario {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Scenario;
}

/** The configuration of a scenario, with addresses in place of its placeholders. */
function configOf(name: string): string {
  let port = 20_000;
  return JSON.stringify(scenario(name).config ?? { _format_version: '3.0' })
    .replace(/"\{\{\w+_port\}\}"/g, '8081')
    .replaceAll('{{proxy_port}}', '8000')
    .replaceAll('{{upstream_host}}', '127.0.0.1')
    .replace(/\{\{\w+\}\}/g, () => `127.0.0.1:${(port += 1)}`);
}

const mustLoad =
  /^(acl|correlation-id|key-auth-|rate-limiting-|request-termination|router-|path-|forward-|errors-404|errors-gateway|errors-dns|lb-hash|lb-retries)/;
/** They use a plugin that is not there yet. */
const waiting = ['forward-https-only.json'];

describe('configurations of recorded scenarios', () => {
  afterEach(() => chooseRouterFlavor('traditional_compatible'));

  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    if (mustLoad.test(name) && !waiting.includes(name)) {
      it(`${name} loads`, () => {
        const { router_flavor = 'traditional_compatible' } = scenario(name).node_settings;
        chooseRouterFlavor(router_flavor);
        assert.deepEqual(problemsOf(configOf(name)), []);
      });
    } else {
      it(`${name} loads, or is refused only for what is not supported yet`, () => {
        const unexpected = problemsOf(configOf(name)).filter(
          (problem) => !/not support|not run yet|must set one of/.test(problem),
        );
        assert.deepEqual(unexpected, []);
      });
    }
  }
});

describe('configurations of plugins', () => {
  for (const { id, request, response } of scenario('validation-plugins.json').exchanges) {
    const [input] = request.json?.plugins ?? [];
    const schema = knownPlugins.get(String(input?.name));
    const recorded = response.json?.flattened_errors?.[0]?.errors;
    const refused = response.status === 400 && recorded !== undefined;
    const isUniqueness = recorded?.some(({ message }) => message.startsWith('uniqueness')) === true;
    if (input === undefined || schema === undefined || isUniqueness) continue;
    if (!refused && response.status !== 201) continue;
    it(`are judged as Kong does (${id}: ${JSON.stringify(input)})`, () => {
      const result = pluginValidator(schema)(input);
      const failures = result.ok ? [] : result.failures;
      const tree = fieldTree(failures);
      assert.deepEqual(flattened(tree), (recorded ?? []).map(line).sort());
    });
  }
});

function line({ field, message }: RecordedError): string {
  return field === undefined ? `@entity: ${message}` : `${field}: ${message}`;
}

/** `config.list.1: …` for each message of a tree. */
function flattened(tree: unknown, at = ''): string[] {
  if (typeof tree === 'string') return [`${at}: ${tree}`];
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree)
    .flatMap(([name, inner]) => {
      if (at === '@entity') return flattened(inner, at);
      const step = Array.isArray(tree) ? String(Number(name) + 1) : name;
      return flattened(inner, at === '' ? step : `${at}.${step}`);
    })
    .sort();
}

import { unsupportedIn } from '../../config/unsupported.ts';
import type { Plugin, PluginSchemas } from '../../entities/plugin.ts';
import { pluginValidator } from '../../entities/validators.ts';
import type { AnyPlugin } from '../../plugin/plugin.ts';

/** Knows which configured plugins threads cannot run as they are configured, and why. */
export class Runnable {
  readonly #known: PluginSchemas;
  readonly #runnable: ReadonlyMap<string, AnyPlugin>;
  readonly #asked = new WeakMap<Plugin, string | null>();

  /**
   * @param known all plugins that can be configured
   * @param runnable those that threads run
   */
  constructor(known: PluginSchemas, runnable: ReadonlyMap<string, AnyPlugin>) {
    this.#known = known;
    this.#runnable = runnable;
  }

  /** Why a plugin cannot run; null when it can. */
  problemOf(plugin: Plugin): string | null {
    let problem = this.#asked.get(plugin);
    if (problem === undefined) {
      problem = this.#find(plugin);
      this.#asked.set(plugin, problem);
    }
    return problem;
  }

  #find(plugin: Plugin): string | null {
    const { name } = plugin;
    const schema = this.#known.get(name);
    if (schema === undefined || !this.#runnable.has(name)) {
      return `plugin '${name}' is one that Sluice cannot run yet`;
    }
    const result = pluginValidator(schema)(plugin);
    const [failure] = result.ok ? [] : result.failures;
    if (failure !== undefined) return `plugin '${name}': ${sentence(failure)}`;
    // What is merely left out does no harm; a secret that is not looked up may.
    const [reference] = unsupportedIn('plugins', plugin, schema.config.fields).filter(
      ({ message }) => message.includes('references to vaults'),
    );
    return reference === undefined ? null : `plugin '${name}': ${reference.message}`;
  }
}

function sentence({ path, message }: { path: readonly (string | number)[]; message: string }) {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

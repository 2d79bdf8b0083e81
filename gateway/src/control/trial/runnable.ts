import { obstacleOf } from '../../config/unsupported/unsupported-plugins.ts';
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
    const obstacle = obstacleOf(plugin, this.#known);
    if (obstacle !== undefined) {
      return obstacle.field === 'name' ? obstacle.message : `plugin '${name}': ${obstacle.message}`;
    }
    if (schema === undefined || !this.#runnable.has(name)) {
      return `plugin '${name}' is one that Sluice cannot run yet`;
    }
    const result = pluginValidator(schema)(plugin);
    const [failure] = result.ok ? [] : result.failures;
    return failure === undefined ? null : `plugin '${name}': ${sentence(failure)}`;
  }
}

function sentence({ path, message }: { path: readonly (string | number)[]; message: string }) {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

import type { CheckFailure } from '../../plugin/plugin.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { secretDigest } from '../../plugin/secret-digest.ts';
import { openApiRules } from './openapi/rules.ts';
import type { RequestValidatorConfig } from './schema.ts';
import { schemaRules, SettingProblem, within } from './schema-rules.ts';

/** What was found right lately: many routes have the same schemas, and each is compiled to check it. */
const right = new RecentMap<true>(2000);

/** Why a configuration cannot be used, told by its field; undefined where it can. */
export function problemOf(config: RequestValidatorConfig): CheckFailure | undefined {
  const { body_schema: body, parameter_schema: parameters, openapi, version, base_path } = config;
  const key = secretDigest(JSON.stringify([body, parameters, openapi, version, base_path]));
  if (right.get(key) === true) return undefined;
  try {
    if (openapi === null) schemaRules(config, true);
    else within('openapi', () => openApiRules(openapi, base_path, true));
  } catch (error) {
    if (!(error instanceof SettingProblem)) throw error;
    return { field: error.field, message: error.message };
  }
  right.set(key, true);
  return undefined;
}

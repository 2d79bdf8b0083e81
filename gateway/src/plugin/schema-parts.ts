/** Parts of configurations that plugins share with those of Kong that are known by schema only. */
export { methodField } from '../entities/kong-plugins/parts/fields.ts';
export { limitsOutOfOrder, PERIODS, type Period } from '../entities/kong-plugins/parts/limits.ts';
export { redis, redisShorthands } from '../entities/kong-plugins/parts/redis.ts';
export {
  headerPairs,
  headerRenames,
  pairs,
  texts,
} from '../entities/kong-plugins/parts/transformations.ts';

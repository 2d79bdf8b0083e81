import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_PATTERN } from './documents.ts';
import { KEY_FIELD, fill } from './load.ts';
import type { NginxVariant } from './scenario.ts';

/** Name of the access log in a contestant's folder. */
export const ACCESS_LOG = 'access.log';

/**
 * nginx that knows the keys of consumers by itself. It is shown beside the plain proxy to tell what
 * the work costs where it is done in C from a fixed file.
 *
 * @param consumers number of keys
 * @param extras `limit` counts requests by consumer, `log` writes a JSON line for each
 */
export function nginxWithKeys(
  name: string,
  consumers: number,
  extras: readonly ('limit' | 'log')[],
): NginxVariant {
  const limits = extras.includes('limit');
  const logs = extras.includes('log');
  return {
    name,
    http(folder) {
      const map = join(folder, 'keys.map');
      const lines = Array.from(
        { length: consumers },
        (_, index) => `"${fill(KEY_PATTERN, index)}" consumer-${index};\n`,
      );
      writeFileSync(map, lines.join(''));
      return [
        'map_hash_max_size 65536;',
        'map_hash_bucket_size 128;',
        `map $http_${KEY_FIELD} $consumer { default ""; include ${map}; }`,
        ...(limits ? ['limit_req_zone $consumer zone=consumers:16m rate=1000000r/s;'] : []),
        ...(logs ? [`log_format json escape=json '${logFormat}';`] : []),
      ];
    },
    location: (folder) => [
      'if ($consumer = "") { return 401; }',
      ...(limits ? ['limit_req zone=consumers burst=1000000 nodelay;'] : []),
      ...(logs ? [`access_log ${folder}/${ACCESS_LOG} json buffer=64k flush=1s;`] : []),
      'proxy_set_header X-Consumer-Username $consumer;',
    ],
  };
}

/** About what a line of Sluice holds. */
const logFormat =
  '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method","uri":"$uri",' +
  '"status":$status,"bytes_in":$request_length,"bytes_out":$bytes_sent,' +
  '"duration":$request_time,"upstream":"$upstream_addr",' +
  '"upstream_duration":"$upstream_response_time","consumer":"$consumer","id":"$request_id",' +
  '"user_agent":"$http_user_agent"}';

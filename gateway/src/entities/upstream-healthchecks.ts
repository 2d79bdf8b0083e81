import { wildcardHost } from './schema/checks.ts';
import * as common from './schema/common-fields.ts';
import { f, type Fields, type Infer } from './schema/field.ts';

const statuses = (codes: readonly number[]) =>
  f.array(f.integer({ between: [100, 999] }), { default: codes });
const counter = f.integer({ between: [0, 255], default: 0 });
const seconds = (value: number) => f.number({ between: [0, 65_535], default: value });
const checkType = f.string({ default: 'http', one_of: ['tcp', 'http', 'https', 'grpc', 'grpcs'] });

/** A record that is there even if nothing is said of it; what it then holds is published. */
function always<F extends Fields>(fields: F) {
  const defaults: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.default !== undefined) defaults[name] = field.default;
  }
  return f.record(fields, { required: true, default: defaults });
}

const passive = always({
  healthy: always({
    http_statuses: statuses([
      200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
    ]),
    successes: counter,
  }),
  unhealthy: always({
    tcp_failures: counter,
    timeouts: counter,
    http_statuses: statuses([429, 500, 503]),
    http_failures: counter,
  }),
  type: checkType,
});

const active = always({
  concurrency: f.integer({ between: [1, 2 ** 31], default: 10 }),
  headers: common.headersMap,
  https_sni: f.string({ check: wildcardHost }),
  type: checkType,
  healthy: always({
    successes: counter,
    http_statuses: statuses([200, 302]),
    interval: seconds(0),
  }),
  unhealthy: always({
    http_statuses: statuses([429, 404, 500, 501, 502, 503, 504, 505]),
    interval: seconds(0),
    tcp_failures: counter,
    timeouts: counter,
    http_failures: counter,
  }),
  timeout: seconds(1),
  https_verify_certificate: f.boolean({ required: true, default: true }),
  http_path: common.rootPath,
});

/** How an upstream's targets are judged: by its traffic (passive) and by requests of our own. */
export const healthchecks = f.record(
  { passive, active, threshold: f.number({ between: [0, 100], default: 0 }) },
  { required: true, default: { passive: passive.default, active: active.default } },
);

type Healthchecks = Infer<{ healthchecks: typeof healthchecks }>['healthchecks'];

/**
 * Whether the health of targets is of any concern: it is when some failure counts, or when requests of
 * our own are asked for. Then targets can be marked, too.
 */
export function usesHealthchecks(healthchecks: Healthchecks): boolean {
  const { healthy, unhealthy } = healthchecks.active;
  return countsFailures(healthchecks) || isSet(healthy.interval) || isSet(unhealthy.interval);
}

/**
 * Whether the gateway finds the health of targets out by itself. Requests of our own are not made yet,
 * so it takes traffic whose failures count: otherwise nobody knows of a target but who marks it.
 */
export function countsFailures({ passive }: Healthchecks): boolean {
  const { tcp_failures, timeouts, http_failures } = passive.unhealthy;
  return isSet(tcp_failures) || isSet(timeouts) || isSet(http_failures);
}

function isSet(setting: number | null): boolean {
  return (setting ?? 0) !== 0;
}

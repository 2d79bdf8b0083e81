import { FieldLines } from '../../plugin/field-lines.ts';
import { FieldNames } from '../../plugin/field-names.ts';
import { finalStatus } from '../../plugin/final-status.ts';
import { definePlugin } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { PERIODS } from '../../plugin/schema-parts.ts';
import { ClientHeaders } from './client-headers.ts';
import { createCounterKey } from './counter-key.ts';
import { checks, config as schema } from './schema.ts';
import { CalendarWindows } from './windows.ts';

/** What `take` returns when no window refused, and when there was no room for a counter. */
const COUNTED = -1;
const FULL = -2;

/** A full table is reported this often at most, ms: it concerns every request. */
const REPORT_INTERVAL = 10_000;

/** Lets so many requests pass in each window of the calendar. */
export const rateLimiting = definePlugin({
  name: 'rate-limiting',
  summary: 'Limits how many requests pass in a second, minute, hour, day, month or year.',
  version: '1.0.0',
  priority: 910,
  protocols: HTTP_PROTOCOLS,
  config: schema,
  checks,

  setup(config, env) {
    const { counters, log } = env;
    const periods = PERIODS.filter((period) => config[period] != null);
    const limits = periods.map((period) => Math.ceil(config[period] ?? 0));
    const windows = new CalendarWindows(periods);
    const headers = new ClientHeaders(periods, limits);
    const names = new FieldNames(headers.names);
    const keyOf = createCounterKey(counters, {
      limitBy: config.limit_by ?? 'ip',
      headerName: config.header_name ?? null,
      path: config.path ?? null,
      instance: env.instance,
      periods,
    });
    const status = finalStatus(config.error_code ?? null, 429, log);
    const message = config.error_message ?? 'API rate limit exceeded';
    const told = !config.hide_client_headers;
    const kept = Symbol('rate-limiting headers');
    const counts = limits.map(() => 0);
    let reportedAt = -Infinity;

    function limitRate(ex: Exchange): void {
      const now = env.now();
      windows.moveTo(now);
      const { starts, ends } = windows;
      const taken = counters.take(keyOf(ex), limits, starts, ends, now, counts);
      if (taken === FULL) {
        withoutCounter(ex, now);
      } else if (taken === COUNTED) {
        if (told) ex.setState(kept, headers.lines(counts, ends, now));
      } else {
        ex.error(status, message, told ? ofRefusal(headers.values(counts, ends, now)) : undefined);
      }
    }

    function withoutCounter(ex: Exchange, now: number): void {
      if (now - reportedAt >= REPORT_INTERVAL) {
        reportedAt = now;
        const effect = config.fault_tolerant ? 'requests pass uncounted' : 'requests are refused';
        log.error(`the table of rate-limit counters is full: ${effect}`, {
          help: 'Give the node more counter slots.',
        });
      }
      if (!config.fault_tolerant) ex.error(500, 'An unexpected error occurred');
    }

    function ofRefusal(values: readonly string[]): Record<string, string> {
      const fields: Record<string, string> = {};
      for (let i = 0; i < values.length; i++) fields[headers.names[i]!] = values[i]!;
      fields['Retry-After'] = values.at(-1)!;
      return fields;
    }

    function tellLimits(ex: Exchange): void {
      const lines = ex.state(kept) as string | undefined;
      if (lines !== undefined) ex.response.setLines(names, new FieldLines(names, lines));
    }

    return { access: limitRate, ...(told && { responseHeaders: tellLimits }) };
  },
});

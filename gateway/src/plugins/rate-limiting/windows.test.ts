import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PERIODS } from '../../plugin/schema-parts.ts';
import { CalendarWindows } from './windows.ts';

/** Start and end of every window, readable. */
function windowsAt(moment: string): Record<string, [string, string]> {
  const windows = new CalendarWindows(PERIODS);
  windows.moveTo(Date.parse(moment));
  const readable = (ms: number | undefined): string =>
    new Date(ms ?? NaN).toISOString().replace('.000Z', '');
  return Object.fromEntries(
    PERIODS.map((period, i) => [period, [readable(windows.starts[i]), readable(windows.ends[i])]]),
  );
}

describe('CalendarWindows', () => {
  it('begins and ends windows with the calendar, in UTC', () => {
    assert.deepEqual(windowsAt('2028-02-29T23:59:59.999Z'), {
      second: ['2028-02-29T23:59:59', '2028-03-01T00:00:00'],
      minute: ['2028-02-29T23:59:00', '2028-03-01T00:00:00'],
      hour: ['2028-02-29T23:00:00', '2028-03-01T00:00:00'],
      day: ['2028-02-29T00:00:00', '2028-03-01T00:00:00'],
      month: ['2028-02-01T00:00:00', '2028-03-01T00:00:00'],
      year: ['2028-01-01T00:00:00', '2029-01-01T00:00:00'],
    });
  });

  it('knows the first moment of a year as the start of every window', () => {
    const starts = Object.values(windowsAt('2030-01-01T00:00:00Z')).map(([start]) => start);
    assert.deepEqual(new Set(starts), new Set(['2030-01-01T00:00:00']));
  });

  it('goes from December to January', () => {
    assert.deepEqual(windowsAt('2030-12-31T12:00:00Z')['month'], [
      '2030-12-01T00:00:00',
      '2031-01-01T00:00:00',
    ]);
  });

  it('always holds the moment, however the clock moves', () => {
    const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(
        fc.subarray([...PERIODS], { minLength: 1 }),
        fc.array(moment),
        (periods, moments) => {
          const kept = new CalendarWindows(periods);
          for (const now of moments) {
            kept.moveTo(now);
            const fresh = new CalendarWindows(periods);
            fresh.moveTo(now);
            assert.deepEqual(kept.starts, fresh.starts);
            assert.deepEqual(kept.ends, fresh.ends);
            for (const start of kept.starts) assert.ok(start <= now);
            for (const end of kept.ends) assert.ok(end > now);
          }
        },
      ),
    );
  });
});

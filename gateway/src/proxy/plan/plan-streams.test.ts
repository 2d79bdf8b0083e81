import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOTHING, type Compiled } from './compiled.ts';
import { PlanStreams } from './plan-streams.ts';
import { gone, route, service } from './testing/changes.ts';
import { after, Workshop } from './testing/workshop.ts';

const connection = {
  protocols: ['tcp'],
  sni: '',
  sourceIp: '127.0.0.1',
  sourcePort: 1,
  destinationIp: '127.0.0.1',
  destinationPort: 5432,
} as const;

const stream = (id: string, port: number) =>
  route(id, { protocols: ['tcp'], service: 's', destinations: [{ port }] });

function streamsOf({ streamRouter, routePlans }: Compiled): PlanStreams {
  return new PlanStreams(streamRouter, routePlans);
}

describe('the routes of streams in a plan', () => {
  it('lead to the plan of their route', () => {
    const next = after(NOTHING, new Workshop(), [service('s'), stream('r', 5432)]);
    const found = streamsOf(next).match(connection);
    assert.equal(found?.route, next.routePlans.get('r'));
    assert.equal(found?.protocol, 'tcp');
    assert.equal(found?.route.refusal, null);
  });

  it('are refused where only datagrams would be understood', () => {
    const next = after(NOTHING, new Workshop(), [
      service('s', { protocol: 'udp' }),
      stream('r', 5432),
    ]);
    assert.equal(streamsOf(next).match(connection)?.route.refusal?.reason, 'service_not_supported');
  });

  it('come and go with their records', () => {
    const workshop = new Workshop();
    const first = after(NOTHING, workshop, [service('s'), stream('r', 5432), stream('q', 1)]);
    const second = after(first, workshop, [gone('routes', 'r')]);
    assert.equal(streamsOf(second).match(connection), null);
    assert.deepEqual(
      ['r', 'q'].map((id) => streamsOf(second).has(id)),
      [false, true],
    );
    const third = after(second, workshop, [route('q'), stream('p', 5432)]);
    assert.equal(streamsOf(third).match(connection)?.route.id, 'p');
    assert.equal(streamsOf(third).has('q'), false);
  });

  it('stay the same object while only others change', () => {
    const workshop = new Workshop();
    const first = after(NOTHING, workshop, [service('s'), stream('r', 5432)]);
    const second = after(first, workshop, [route('web'), service('s', { port: 81 })]);
    assert.equal(second.streamRouter, first.streamRouter);
  });
});

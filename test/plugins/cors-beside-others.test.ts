import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { get } from '../support/message.ts';
import { useSite } from '../support/site.ts';

const ALLOW_ORIGIN = 'access-control-allow-origin';

describe('cors beside a plugin that sets the same fields later', () => {
  const LISTED = { origins: ['https://a.test', 'https://b.test'] };
  const routes: [name: string, cors: object, changes: object][] = [
    ['add-vary', {}, { add: { headers: ['Vary:Accept-Encoding'] } }],
    ['replace-vary', {}, { replace: { headers: ['Vary:Accept-Encoding'] } }],
    ['add-origin', LISTED, { add: { headers: ['Access-Control-Allow-Origin:https://c.test'] } }],
    [
      'replace-origin',
      {},
      { replace: { headers: ['Access-Control-Allow-Origin:https://c.test'] } },
    ],
  ];
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      services: [
        {
          name: 'origin',
          url: `http://127.0.0.1:${port}`,
          routes: routes.map(([name, cors, changes]) => ({
            name,
            paths: [`/${name}`],
            plugins: [
              { name: 'cors', config: cors },
              { name: 'response-transformer', config: changes },
            ],
          })),
        },
      ],
    }),
  });

  const told = async (route: string, name: string): Promise<string[]> => {
    const response = await site.fetch(get(`/${route}`, 'Origin: https://evil.test'));
    assert.equal(response.status, 200);
    return response.fields.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
  };

  it('leaves a field to it that cors had nothing to say in', async () => {
    assert.deepEqual(await told('add-vary', 'vary'), ['Accept-Encoding']);
    assert.deepEqual(await told('add-origin', ALLOW_ORIGIN), ['https://c.test']);
  });

  it('has nothing replaced that is not there', async () => {
    assert.deepEqual(await told('replace-vary', 'vary'), []);
  });

  it('has what cors said replaced', async () => {
    assert.deepEqual(await told('replace-origin', ALLOW_ORIGIN), ['https://c.test']);
  });
});

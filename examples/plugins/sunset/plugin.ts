import { HTTP_PROTOCOLS } from '../../../gateway/src/plugin/protocols.ts';
import { definePlugin, f } from '../../../gateway/src/plugin/plugin.ts';

/** Announces the end of an API in the `Sunset` header (RFC 8594), and ends it when the day comes. */
export const sunset = definePlugin({
  name: 'sunset',
  summary: 'Announces the day on which an API ends, and answers 410 from then on.',
  version: '1.0.0',
  priority: 900,
  protocols: HTTP_PROTOCOLS,
  config: f.record(
    {
      date: f.string({
        required: true,
        check: (date) => (Number.isNaN(Date.parse(date)) ? 'expected a date' : undefined),
        description: 'When the API ends, e.g. `2031-01-01T00:00:00Z`.',
      }),
      link: f.string({
        description: 'Page that tells clients what to use instead.',
      }),
    },
    { required: true },
  ),

  setup(config, env) {
    // Runs once per configuration: nothing below is computed again for a request.
    const end = Date.parse(config.date);
    const date = new Date(end).toUTCString();
    const link = config.link === null ? null : `<${config.link}>; rel="sunset"`;

    return {
      access: function endApi(ex) {
        if (env.now() >= end) ex.error(410, `This API ended on ${date}`);
      },
      responseHeaders: function announceEnd(ex) {
        ex.response.setHeader('Sunset', date);
        if (link !== null) ex.response.addHeader('Link', link);
      },
    };
  },
});

import { linearPattern, unfitPattern } from '../../plugin/linear-pattern.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { RecentMap } from '../../plugin/recent-map.ts';
import { isKnownBot } from './known-bots.ts';

/** User agents whose verdict is remembered by each instance, in each thread. */
const KEPT_AGENTS = 4000;
/** Longer ones are looked at each time: what is kept must not be for a client to fill. */
const LONGEST_KEPT = 500;

const pattern = f.string({
  check: (source) => unfitPattern(source, `not a valid regex: ${source}`),
});

/** Keeps programs out that say by their User-Agent that they are robots. */
export const botDetection = definePlugin({
  name: 'bot-detection',
  summary: 'Refuses requests of known robots, by what they call themselves.',
  version: '1.0.0',
  priority: 2500,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: f.record(
    {
      allow: f.array(pattern, {
        default: [],
        description:
          'Regular expressions. A User-Agent that one of them fits somewhere passes, whatever else fits it.',
      }),
      deny: f.array(pattern, {
        default: [],
        description:
          'Regular expressions. A User-Agent that one of them fits somewhere is refused, as are those of the list that comes with the plugin.',
      }),
    },
    { required: true },
  ),

  setup(config) {
    const allowed = (config.allow ?? []).map(linearPattern);
    const denied = (config.deny ?? []).map(linearPattern);
    const verdicts = new RecentMap<boolean>(KEPT_AGENTS);

    function judge(userAgent: string): boolean {
      const name = userAgent.trim();
      if (allowed.some((expression) => expression.test(name))) return true;
      if (denied.some((expression) => expression.test(name))) return false;
      return !isKnownBot(name);
    }

    function mayPass(userAgent: string): boolean {
      if (userAgent.length > LONGEST_KEPT) return judge(userAgent);
      let verdict = verdicts.get(userAgent);
      if (verdict === undefined) verdicts.set(userAgent, (verdict = judge(userAgent)));
      return verdict;
    }

    return {
      access: function refuseBots(ex) {
        const userAgent = ex.request.header('user-agent');
        if (userAgent === undefined) return;
        if (ex.request.headerValues('user-agent').length > 1) {
          ex.error(400, 'Only one User-Agent header allowed');
        } else if (!mayPass(userAgent)) ex.error(403, 'Forbidden');
      },
    };
  },
});

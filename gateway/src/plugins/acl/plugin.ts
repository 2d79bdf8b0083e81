import { authenticatedGroups } from '../../plugin/authentication.ts';
import { headerLine } from '../../plugin/header-line.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import type { Exchange } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';

/** Lets consumers pass, or keeps them out, by the groups they are in. */
export const acl = definePlugin({
  name: 'acl',
  summary: 'Allows or denies consumers by their groups.',
  version: '1.0.0',
  priority: 950,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: f.record(
    {
      allow: f.array(f.string(), {
        description: 'Groups that may pass; everybody else may not. Either this or `deny` is set.',
      }),
      deny: f.array(f.string(), {
        description: 'Groups that may not pass; everybody else who is authenticated may.',
      }),
      hide_groups_header: f.boolean({
        required: true,
        default: false,
        description:
          'Whether to keep the groups from the service, which otherwise finds them in `X-Consumer-Groups` (or `X-Authenticated-Groups`).',
      }),
      always_use_authenticated_groups: f.boolean({
        required: true,
        default: false,
        description:
          'Whether groups that an authentication plugin brought along win over those of the consumer. Without it they count only where there is no credential.',
      }),
    },
    { required: true },
  ),
  checks: [
    { only_one_of: ['config.allow', 'config.deny'] },
    { at_least_one_of: ['config.allow', 'config.deny'] },
  ],

  setup(config) {
    const denying = (config.deny?.length ?? 0) > 0;
    const listed: ReadonlySet<string> = new Set((denying ? config.deny : config.allow) ?? []);
    const tell = !config.hide_groups_header;
    const preferAuthenticated = config.always_use_authenticated_groups;

    function mayPass(groups: readonly string[]): boolean {
      for (const group of groups) if (listed.has(group)) return !denying;
      return denying;
    }

    function decide(ex: Exchange, groups: readonly string[], header: string): void {
      if (!mayPass(groups)) ex.error(403, 'You cannot consume this service');
      else if (tell && groups.length > 0)
        ex.addUpstreamLines(headerLine(header, groups.join(', ')));
    }

    return {
      access: function checkGroups(ex) {
        const { consumer, credential } = ex;
        const useAuthenticated = consumer === null || credential === null || preferAuthenticated;
        const authenticated = useAuthenticated ? authenticatedGroups(ex) : undefined;
        if (authenticated !== undefined) decide(ex, authenticated, 'X-Authenticated-Groups');
        else if (consumer !== null) decide(ex, consumer.groups, 'X-Consumer-Groups');
        else if (credential !== null) ex.error(403, 'You cannot consume this service');
        else ex.error(401, 'Unauthorized');
      },
    };
  },
});

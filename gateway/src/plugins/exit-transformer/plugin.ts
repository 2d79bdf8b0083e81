import { definePlugin, type Exchange, type OwnAnswer } from '../../plugin/plugin.ts';
import { HTTP_PROTOCOLS } from '../../plugin/protocols.ts';
import { Rule } from './rule.ts';
import { exitTransformerConfig, type ExitTransformerConfig } from './schema.ts';

/** Gives errors of the gateway and of plugins the shape that the operator wants. */
export const exitTransformer = definePlugin({
  name: 'exit-transformer',
  summary: 'Gives the errors that the gateway and its plugins answer with another shape.',
  version: '1.0.0',
  priority: 9999,
  protocols: HTTP_PROTOCOLS,
  forbids: ['consumer'],
  config: exitTransformerConfig,

  setup(config) {
    const rules = config.rules.map((rule) => new Rule(rule));
    if (rules.length === 0) return {};
    return {
      responseHeaders: function shape(ex) {
        const answer = ex.ownAnswer;
        if (answer === null || !isHandled(ex, answer, config)) return;
        const type = ex.response.header('content-type');
        rules.find((rule) => rule.fits(answer, type))?.apply(ex, answer);
      },
    };
  },
});

/** Without a route it is for the configuration to say whether an answer is changed. */
function isHandled(
  { route }: Exchange,
  { reason }: OwnAnswer,
  { handle_unknown: unknown, handle_unexpected: unexpected }: ExitTransformerConfig,
): boolean {
  return route !== null || (reason === 'no_route' ? unknown : unexpected);
}

import { isPattern } from '../schema/checks.ts';
import { f } from '../schema/field.ts';
import { knownPlugin } from './known-plugin.ts';

const pattern = f.string({
  check: (value) => (isPattern(value) ? undefined : `not a valid regex: ${value}`),
});

export const botDetection = knownPlugin({
  name: 'bot-detection',
  priority: 2500,
  forbids: ['consumer'],
  config: f.record({
    allow: f.array(pattern, { default: [] }),
    deny: f.array(pattern, { default: [] }),
  }),
});

/**
 * Writes `docs/reference/settings.md` from the table of options, so that the two cannot differ:
 * `npm run docs`.
 */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import {
  type Option,
  type OptionName,
  flagOf,
  optionGroups,
  variableOf,
} from '../../gateway/src/settings/options.ts';

export const referencePath = 'docs/reference/settings.md';

const introduction = `# Settings

Every setting of a node can be given as a flag of \`sluice start\` or as an environment variable. A flag
wins over its variable, a variable over the default; an empty variable counts as not set. What a node
really uses, and who said so, is shown by

\`\`\`sh
node_modules/.bin/sluice start --print-settings        # for people
node_modules/.bin/sluice start --print-settings=json   # for programs
\`\`\`

Bad values are all named at once, and the gateway does not start. A \`SLUICE_*\` variable that is no
setting is warned of. \`KONG_*\` variables are not read: the column of Kong's names is there to help with
moving a \`kong.conf\`.

Sizes are bytes, or numbers with \`KiB\`, \`MiB\`, \`GiB\` (\`k\`, \`m\`, \`g\` mean the same). Times are \`500ms\`,
\`10s\`, \`5m\`, \`1h\`; a bare number is seconds. Switches are given as \`--watch\` or \`--no-watch\`, and as
\`on\` or \`off\` in variables. A list whose flag is repeated grows.
`;

/** The whole reference as formatted Markdown. */
export async function settingsReference(): Promise<string> {
  const sections = Object.entries(optionGroups).map(([group, members]) => {
    const entries = Object.entries(members) as [OptionName, Option][];
    return `## ${group}\n\n${entries.map((entry) => describeOption(...entry)).join('\n')}`;
  });
  const text = [introduction, ...sections].join('\n');
  return format(text, { ...(await resolveConfig(referencePath)), parser: 'markdown' });
}

function describeOption(name: OptionName, option: Option): string {
  const fallback =
    option.default === undefined
      ? 'none'
      : option.default === ''
        ? 'empty'
        : `\`${option.default}\``;
  const facts = [
    ['Variable', `\`${variableOf(name)}\``],
    ['Default', fallback],
    ['Value', option.kind.notation],
    ...(option.kong === undefined ? [] : [['In Kong', `\`${option.kong}\``]]),
  ];
  const list = facts.map(([term, text]) => `- ${term}: ${text}\n`).join('');
  return `### \`${flagOf(name)}\`\n\n${option.help}\n\n${list}`;
}

if (import.meta.main) writeFileSync(referencePath, await settingsReference());

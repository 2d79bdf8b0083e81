/**
 * Writes what can be told of the bundled plugins from their definitions: `docs/plugins.md` and the
 * table of fields in each plugin's README. Shows in guides about plugins the files that their code
 * blocks name. `npm run docs` brings all up to date; a test fails while they are not.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describePlugin } from '../../gateway/src/plugin/describe.ts';
import type { FieldDescription, PluginDescription } from '../../gateway/src/plugin/describe.ts';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const BEGIN = '<!-- Written by test/tools/plugin-docs.ts from the definition of the plugin. -->';
const END = '<!-- End of what is written. -->';

export interface GeneratedFile {
  readonly path: string;
  /** What the file should hold. */
  readonly expected: string;
  readonly actual: string;
}

/** Every generated file, as it is and as it should be. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const descriptions = [...bundledPlugins.values()]
    .map(describePlugin)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const readmes = descriptions.map((description) => {
    const path = `gateway/src/plugins/${description.name}/README.md`;
    if (!existsSync(root + path)) {
      throw new Error(
        `${path} is missing. Write there what the plugin is for, with an example in \`\`\`yaml; the table of its fields comes from here.`,
      );
    }
    return generated(root + path, (text) => withFields(text, description));
  });
  return Promise.all([
    generated(`${root}docs/plugins.md`, () => reference(descriptions)),
    generated(`${root}docs/guides/write-a-plugin.md`, withFiles),
    generated(`${root}docs/guides/verify-at-the-service.md`, withFiles),
    ...readmes,
  ]);
}

async function generated(path: string, render: (old: string) => string): Promise<GeneratedFile> {
  const actual = read(path);
  const options = await resolveConfig(path);
  const expected = await format(render(actual), { ...options, parser: 'markdown' });
  return { path, expected, actual };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Everything but the part between the marks, by default the last, is written by hand. */
export function withFields(readme: string, description: PluginDescription): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin === -1 && end === -1) {
    return withFields(`${readme}\n\n## Fields\n\n${BEGIN}\n${END}\n`, description);
  }
  if (begin === -1 || end < begin) {
    throw new Error(`README.md of ${description.name} has only one of the lines\n${BEGIN}\n${END}`);
  }
  const before = readme.slice(0, begin + BEGIN.length);
  return `${before}\n\n${fieldsOf(description)}\n\n${readme.slice(end)}`;
}

/** Fills every code block that names a file, as in ```` ```ts file=examples/a.ts ````, with it. */
function withFiles(guide: string): string {
  return guide.replace(
    /^(```\w+ file=(\S+)\n)[^]*?^```$/gm,
    (_block, fence: string, path: string) => `${fence}${readFileSync(root + path, 'utf8')}\`\`\``,
  );
}

function reference(plugins: readonly PluginDescription[]): string {
  const rows = plugins.map(({ name, priority, scopes, summary }) =>
    row([
      `[${name}](#${name})`,
      originOf(name),
      priority,
      ['global', ...scopes].join(', '),
      summary,
    ]),
  );
  const sections = plugins.map(
    (plugin) =>
      `## ${plugin.name}\n\n${plugin.summary} [Guide and example](../gateway/src/plugins/${plugin.name}/README.md).\n\n${fieldsOf(plugin)}`,
  );
  return [
    '<!-- Written by test/tools/plugin-docs.ts from the definitions of the plugins. -->',
    '# Plugins',
    'Plugins run in the order of their priority, highest first. Where several instances of one plugin could run for a request, the most specific does: bound to route, service and consumer together, to route and consumer, to service and consumer, to route and service, to the consumer, to the route, to the service, and last the global one.',
    'Plugins that are Kong’s take its configurations unchanged. Those with a name of Kong Enterprise’s keep its fields where they fit. A field that Kong does not have says so, and its default acts as Kong does.',
    `| Plugin | Whose | Priority | Can be bound to | What for |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`,
    ...sections,
    '',
  ].join('\n\n');
}

/** Plugins that Kong's open-source edition does not have. */
const ORIGINS: ReadonlyMap<string, string> = new Map([
  ['external-auth', 'Sluice'],
  ['exit-transformer', 'Kong Enterprise, by name'],
  ['mtls-auth', 'Kong Enterprise, by name'],
  ['oauth2-introspection', 'Kong Enterprise, by name'],
  ['openid-connect', 'Kong Enterprise, by name'],
  ['request-validator', 'Kong Enterprise, by name'],
  ['upstream-signature', 'Sluice'],
]);

function originOf(plugin: string): string {
  return ORIGINS.get(plugin) ?? 'Kong';
}

function fieldsOf({ name: plugin, fields, renamed, absent }: PluginDescription): string {
  const meaningOf = originOf(plugin) === 'Sluice' ? plainMeaningOf : markedMeaningOf;
  const rows = fields.map((field) =>
    row([`\`${field.name}\``, field.type, defaultOf(field), meaningOf(field)]),
  );
  const fieldTable = `| Field of \`config\` | Type | Default | Meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
  const table = [fieldTable, ...absentTable(absent)].join('\n\n');
  if (renamed.length === 0) return table;
  const old = renamed
    .map(({ name, now }) => (now === '' ? `\`${name}\`` : `\`${name}\` (now \`${now}\`)`))
    .join(', ');
  return `${table}\n\nOld names that are still accepted: ${old}.`;
}

/** What to do about fields that Kong has. */
function absentTable(groups: PluginDescription['absent']): string[] {
  if (groups.length === 0) return [];
  const rows = groups.map(({ fields, advice }) =>
    row([
      Object.keys(fields)
        .map((name) => `\`${name}\``)
        .join(', '),
      `${advice[0]!.toUpperCase()}${advice.slice(1)}.`,
    ]),
  );
  return [
    'Fields of Kong’s that it does not have; one with Kong’s default is passed over, and another value is refused:',
    `| Fields | In place of them |\n| --- | --- |\n${rows.join('\n')}`,
  ];
}

function plainMeaningOf({ description }: FieldDescription): string {
  return description;
}

function markedMeaningOf({ description, beyondKong }: FieldDescription): string {
  return beyondKong ? `**Beyond Kong.** ${description}` : description;
}

function defaultOf(field: FieldDescription): string {
  if (['', 'required', 'made up'].includes(field.default)) return field.default;
  return `\`${field.default}\``;
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

if (import.meta.main) {
  try {
    for (const { path, expected, actual } of await generatedFiles()) {
      if (expected === actual) continue;
      writeFileSync(path, expected);
      console.log(`wrote ${path}`);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

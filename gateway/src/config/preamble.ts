import { nearest } from '../entities/schema/nearest.ts';
import { isTableName, tableNames, type TableName } from '../entities/tables.ts';
import { booleanHint } from './text/boolean-words.ts';
import { foreignSections } from './unsupported/capabilities.ts';
import { readDeckInfo, type DeckInfo, type DeckProblem } from './deck-info.ts';
import type { Values } from './node.ts';
import type { ProblemList } from './problem-list.ts';

/** What a document says about how it is to be read. */
export interface ReadingRules {
  /** Paths are regular expressions when they look like one. */
  readonly legacyPaths: boolean;
  /** Whether secrets are to be hashed; false in files that Kong exported. */
  readonly transform: boolean;
  readonly deck: DeckInfo;
}

/** The top level of a document. */
export interface Preamble {
  readonly rules: ReadingRules;
  readonly collections: readonly (readonly [TableName, unknown])[];
}

/** What the report says in place of a kind of entity. */
const topLevel = 'top level';

const formatVersions = ['1.1', '2.1', '3.0'];
const ownFields = [
  '_format_version',
  '_transform',
  '_comment',
  '_ignore',
  '_info',
  '_plugin_configs',
  '_workspace',
];

/** Reads the top level of a document. */
export function readPreamble(document: Values, problems: ProblemList): Preamble {
  checkFormatVersion(document._format_version, problems);
  checkOwnFields(document, problems);
  const deckProblems: DeckProblem[] = [];
  const deck = readDeckInfo(document, deckProblems);
  for (const { path, message, unsupported } of deckProblems) {
    const field = path.join('.');
    problems.add(path, `${field}: ${message}`, {
      unsupported:
        unsupported === undefined ? undefined : { group: topLevel, field, ...unsupported },
    });
  }
  const collections: [TableName, unknown][] = [];
  for (const [name, value] of Object.entries(document)) {
    if (isTableName(name)) collections.push([name, value]);
    else if (!ownFields.includes(name)) refuseSection(name, value, problems);
  }
  const legacyPaths = document._format_version === '1.1' || document._format_version === '2.1';
  const transform = document._transform !== false;
  return { rules: { legacyPaths, transform, deck }, collections };
}

function checkFormatVersion(version: unknown, problems: ProblemList): void {
  const path = ['_format_version'];
  const help = 'write _format_version: "3.0"';
  if (version === undefined || version === null) {
    const message = 'required field missing';
    problems.add(path, `_format_version: ${message} (${help})`, { kong: { message } });
  } else if (typeof version !== 'string') {
    const message = 'expected a string';
    problems.add(path, `_format_version: ${message} (${help}, in quotes)`, { kong: { message } });
  } else if (!formatVersions.includes(version)) {
    problems.add(path, `_format_version: expected one of: ${formatVersions.join(', ')}`);
  }
}

function checkOwnFields(document: Values, problems: ProblemList): void {
  const { _transform: transform, _comment: comment, _ignore: ignore } = document;
  if (transform != null && typeof transform !== 'boolean') {
    const message = 'expected a boolean';
    const hint = booleanHint(transform);
    problems.add(['_transform'], `_transform: ${message}${hint}`, { kong: { message } });
  }
  if (comment != null && typeof comment !== 'string') {
    problems.add(['_comment'], '_comment: expected a string');
  }
  if (ignore != null && !Array.isArray(ignore)) {
    problems.add(['_ignore'], '_ignore: expected an array');
  }
  const workspace = document._workspace ?? '';
  if (workspace !== '' && workspace !== 'default') {
    problems.add(['_workspace'], '_workspace: workspaces belong to Kong Enterprise', {
      unsupported: { group: topLevel, field: '_workspace', otherEdition: true },
    });
  }
}

function refuseSection(name: string, value: unknown, problems: ProblemList): void {
  const foreign = Object.hasOwn(foreignSections, name) ? foreignSections[name] : undefined;
  if (foreign === undefined) {
    const suggestion = nearest(name, [...tableNames, ...ownFields]);
    problems.add([name], `unknown field '${name}'`, {
      suggestion,
      atKey: true,
      kong: unknownField,
    });
  } else if (!isEmpty(value)) {
    const { reason, otherEdition } = foreign;
    problems.add([name], `${name}: ${reason}`, {
      atKey: true,
      unsupported: { group: topLevel, field: name, otherEdition },
      kong: unknownField,
    });
  }
}

const unknownField = { stage: 'schema', message: 'unknown field' } as const;

/** Dumps contain empty sections of what is not used. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

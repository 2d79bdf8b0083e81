import { entityKey, type Failure, type Path } from '../entities/schema/failure.ts';
import { isHidden } from '../entities/schema/field.ts';
import type { Validation } from '../entities/schema/validate.ts';
import {
  definitionOf,
  type Entity,
  type EntityTables,
  type TableName,
} from '../entities/tables.ts';
import { pluginValidator, validatorOf } from '../entities/validators.ts';
import type { DeclaredFailure } from './declared-failure.ts';
import { foreignFields } from './unsupported/capabilities.ts';
import { Drafts } from './drafts.ts';
import { withoutFollowOns } from './follow-ons.ts';
import { withRegexMarks } from './legacy-paths.ts';
import { isSecret, pathOf, type EntityNode, type Values } from './node.ts';
import { notEnabled } from '../entities/not-enabled.ts';
import type { PluginSchema, PluginSchemas } from '../entities/plugin.ts';
import { repeatedId, repeatedTogether, repeatedValue } from './repetitions.ts';
import { unknownPlugin, unsupportedPlugin } from './unsupported/unknown-plugin.ts';
import { isEmpty } from './preamble.ts';
import { groupOf, type ProblemList } from './problem-list.ts';
import { isSame, Uniqueness } from './uniqueness.ts';
import { unsupportedPlugins } from './unsupported/unsupported-plugins.ts';
import { unsupportedIn } from './unsupported/unsupported.ts';

type Refused = Extract<Validation<unknown>, { ok: false }>;

/** What a document is read for: what only this version cannot do may be stored, but not served. */
export type Purpose = 'serve' | 'store';

/** Judges the entities of one document and collects what is wrong with them. */
export class EntityChecker {
  readonly #nodes: readonly EntityNode[];
  readonly #plugins: PluginSchemas;
  readonly #problems: ProblemList;
  readonly #legacyPaths: boolean;
  readonly #purpose: Purpose;
  readonly #uniqueness = new Uniqueness();
  readonly #repeated = new Set<EntityNode>();
  /** Reasons that hold for a file as a whole, and were told. */
  readonly #told = new Set<string>();
  /** What cannot be judged as a whole, since a part of it is for nodes with another setting. */
  readonly #unreadable = new Set<EntityNode>();
  readonly #drafts = new Drafts();

  /** @param nodes the whole document, in its order */
  constructor(
    nodes: readonly EntityNode[],
    plugins: PluginSchemas,
    problems: ProblemList,
    legacyPaths: boolean,
    purpose: Purpose = 'serve',
  ) {
    this.#nodes = nodes;
    this.#plugins = plugins;
    this.#problems = problems;
    this.#legacyPaths = legacyPaths;
    this.#purpose = purpose;
  }

  /** The clean entity, or undefined when something is wrong with it. */
  check(node: EntityNode): Entity | undefined {
    this.#refuseForeignFields(node);
    if (this.#legacyPaths && node.table === 'routes') withRegexMarks(node.input);
    return node.table === 'plugins' ? this.#plugin(node) : this.#entity(node);
  }

  /** Refuses plugins that would have to run on some route, and cannot; what else is wrong aside. */
  refuseUnsupportedPlugins(tables: EntityTables, problems = this.#problems): void {
    const all = this.#drafts.over(tables);
    for (const { id, name, field, message } of unsupportedPlugins(all, this.#plugins)) {
      const node = this.#nodes.find((each) => each.table === 'plugins' && each.id === id);
      if (node === undefined) continue;
      const unsupported =
        field === 'name'
          ? unsupportedPlugin(name, this.#plugins)
          : { group: `plugin ${name}`, field };
      problems.add([...pathOf(node), ...field.split('.')], message, {
        node: field === 'name' ? (node.parent ?? undefined) : node,
        unsupported,
        kong: null,
      });
      const within = field.split('.');
      problems.declare({
        stage: 'sluice',
        path: [...pathOf(node), ...within],
        message,
        node,
        within,
      });
    }
  }

  /** Whether an entity that was found good earlier repeats one that was checked here. */
  repeats(table: TableName, entity: Entity): boolean {
    return this.#uniqueness.repeats(table, entity);
  }

  #entity(node: EntityNode): Entity | undefined {
    const result = validatorOf(node.table)(node.input);
    if (!result.ok) return this.#failed(node, result);
    this.#refuseUnsupported(node, unsupportedIn(node.table, result.value));
    this.#refuseRepetition(node, result.value);
    return result.value;
  }

  #plugin(node: EntityNode): Entity | undefined {
    const { name } = node.input;
    const schema = typeof name === 'string' ? this.#plugins.get(name) : undefined;
    if (schema === undefined && typeof name === 'string' && name !== '') {
      return this.#unknownPlugin(node, name);
    }
    const validate = schema === undefined ? validatorOf('plugins') : pluginValidator(schema);
    const result = validate(node.input);
    if (!result.ok) return this.#failed(node, result, schema);
    const entity = result.value;
    this.#refuseRepetition(node, entity);
    return entity;
  }

  #failed(node: EntityNode, { failures, draft }: Refused, schema?: PluginSchema): undefined {
    for (const failure of failures) this.#declare(node, failure);
    for (const failure of this.#toTell(node, failures)) {
      this.#problems.failure(node, failure);
    }
    if (draft !== undefined) {
      // What is wrong already need not be supported on top of it.
      const found = unsupportedIn(node.table, draft, schema?.config.fields).filter(
        ({ path }) => !failures.some((failure) => concerns(failure, path)),
      );
      this.#refuseUnsupported(node, found);
      if (node.table === 'routes' || schema?.schemaOnly === true) this.#drafts.add(node, draft);
    }
    this.#refuseRepetition(node, node.input);
    return undefined;
  }

  /** Without what follows from other failures. */
  #toTell(node: EntityNode, failures: readonly Failure[]): readonly Failure[] {
    const all = withoutFollowOns(failures, definitionOf(node.table).shorthands);
    return this.#unreadable.has(node) ? all.filter((each) => !isAboutTheWhole(each)) : all;
  }

  #unknownPlugin(node: EntityNode, name: string): undefined {
    const { message, suggestion, unsupported } = unknownPlugin(name, this.#plugins);
    this.#problems.add([...pathOf(node), 'name'], message, {
      node: node.parent ?? undefined,
      suggestion,
      unsupported,
      kong: null,
    });
    this.#declare(node, notEnabled(name, this.#plugins));
    return undefined;
  }

  #declare(node: EntityNode, { path: within, message, rule }: Failure): void {
    const path = [...pathOf(node), ...within];
    const stage = rule === 'unsupported' ? 'sluice' : 'schema';
    this.#problems.declare({ stage, path, message, node, within });
  }

  #refuseUnsupported(node: EntityNode, found: ReturnType<typeof unsupportedIn>): void {
    if (this.#purpose === 'store') return;
    for (const { path, message, unsupported } of found) {
      this.#problems.add([...pathOf(node), ...path], message, { node, unsupported });
    }
  }

  /** Reports that an entity before has the id already, unless a name said so before. */
  refuseSameId(node: EntityNode): void {
    if (this.#repeated.has(node)) return;
    const first = this.#nodes.find(({ table, id }) => table === node.table && id === node.id);
    this.#refuseSame(node, first, 'id', `id set to '${node.id}'`, repeatedId(node));
  }

  #refuseRepetition(node: EntityNode, entity: Values): void {
    const fields = this.#uniqueness.check(node.table, entity);
    if (fields === undefined) return;
    this.#repeated.add(node);
    const first = this.#nodes.find(
      ({ table, input }) => table === node.table && isSame(fields, input, entity),
    );
    const [field = '', ...more] = fields;
    const value = String(entity[field]);
    const what =
      more.length > 0
        ? `the same ${fields.join(', ')}`
        : isSecret(node.table, field)
          ? 'the same key'
          : `${field} set to '${value}'`;
    const declared =
      more.length === 0
        ? repeatedValue(node, field, value)
        : first?.id === node.id
          ? repeatedId(node)
          : repeatedTogether(node, fields);
    this.#refuseSame(node, first, more.length > 0 ? null : field, what, declared);
  }

  #refuseSame(
    node: EntityNode,
    first: EntityNode | undefined,
    field: string | null,
    what: string,
    declared: DeclaredFailure,
  ): void {
    const where =
      first === undefined || first === node ? '' : ` (line ${this.#problems.lineOf(first)})`;
    this.#problems.add(
      [...pathOf(node), ...(field === null ? [] : [field])],
      `uniqueness violation: '${node.table}' entity with ${what} already declared${where}`,
      { node, kong: null },
    );
    this.#problems.declare(declared);
  }

  #refuseForeignFields(node: EntityNode): void {
    const known = foreignFields[node.table];
    if (known === undefined) return;
    for (const field in known) {
      const value = node.input[field];
      if (value === undefined || isOpen(node.table, field)) continue;
      const foreign = known[field];
      node.input[field] = undefined;
      if (foreign === undefined || isEmpty(value)) continue;
      const { reason, otherEdition, isASetting = false } = foreign;
      const kong = { stage: 'schema', message: 'unknown field' } as const;
      const path = [...pathOf(node), field];
      if (isASetting) {
        this.#unreadable.add(node);
        if (this.#told.has(reason)) {
          this.#problems.declare({ ...kong, path, node, within: [field] });
          continue;
        }
        this.#told.add(reason);
      }
      this.#problems.add(path, `${field}: ${reason}`, {
        node,
        atKey: true,
        unsupported: isASetting ? undefined : { group: groupOf(node), field, otherEdition },
        kong,
      });
    }
  }
}

/** Whether a setting of the node lets entities have a field that others do not have. */
function isOpen(table: TableName, name: string): boolean {
  const field = definitionOf(table).fields[name];
  return field !== undefined && !isHidden(field);
}

/** Whether it is about several fields of an entity together. */
function isAboutTheWhole({ path }: Failure): boolean {
  return path.length === 1 && path[0] === entityKey;
}

/** Whether a failure is about the value at a path, or something in it. */
function concerns({ path: failed }: Failure, path: Path): boolean {
  return path.length > 0 && path.every((step, depth) => failed[depth] === step);
}

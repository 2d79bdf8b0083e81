import {
  definitionOf,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../entities/tables.ts';
import { declared } from './export-document.ts';
import { yamlElement } from './text/yaml-text.ts';

type Values = Readonly<Record<string, unknown>>;

/** Entities that stand within the one they belong to, and by which field they do. */
const nestedBy: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  routes: ['service'],
  keyauth_credentials: ['consumer'],
  basicauth_credentials: ['consumer'],
  jwt_secrets: ['consumer'],
  hmacauth_credentials: ['consumer'],
  oauth2_credentials: ['consumer'],
  acls: ['consumer'],
  targets: ['upstream'],
  snis: ['certificate'],
  plugins: ['service', 'route', 'consumer'],
};

/** Text handed out at once, characters. */
const PIECE = 64 * 1024;

/**
 * Writes a configuration as people and decK write it: what belongs to one other entity within that
 * one, everything by name. It reads back as the same entities, and is the same text for the same
 * entities.
 *
 * @param format JSON is what programs like better
 */
export function* nestedDocument(
  tables: EntityTables,
  format: 'yaml' | 'json',
): Generator<string, void, void> {
  const head = { _format_version: '3.0', ...(holdsHashes(tables) ? { _transform: false } : {}) };
  const writer = format === 'yaml' ? yamlWriter : jsonWriter;
  let text = writer.head(head);
  const nest = new Nest(tables);
  for (const table of tableNames) {
    let count = 0;
    for (const element of nest.topLevel(table)) {
      text += writer.element(table, element, count);
      count += 1;
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
    if (count > 0) text += writer.end;
  }
  yield text + writer.foot;
}

interface Writer {
  readonly head: (values: Values) => string;
  /** @param index of the element in its collection */
  readonly element: (table: TableName, element: Values, index: number) => string;
  /** Ends a collection. */
  readonly end: string;
  readonly foot: string;
}

const yamlWriter: Writer = {
  head: ({ _transform }) =>
    `_format_version: "3.0"\n${_transform === false ? '_transform: false\n' : ''}`,
  element: (table, element, index) => (index === 0 ? `${table}:\n` : '') + yamlElement(element),
  end: '',
  foot: '',
};

const jsonWriter: Writer = {
  head: (values) => JSON.stringify(values).slice(0, -1),
  element: (table, element, index) =>
    (index === 0 ? `,\n"${table}": [\n` : ',\n') + JSON.stringify(element),
  end: '\n]',
  foot: '}\n',
};

/** Whether a reader must be kept from hashing what is hashed already. */
function holdsHashes({ basicauth_credentials: basic, oauth2_credentials: oauth2 }: EntityTables) {
  return basic.size > 0 || [...oauth2.values()].some(({ hash_secret: isHashed }) => isHashed);
}

/** Knows what stands within what. */
class Nest {
  readonly #tables: EntityTables;
  /** By the id of the parent, in the order of tables. */
  readonly #children = new Map<string, Map<TableName, Entity[]>>();

  constructor(tables: EntityTables) {
    this.#tables = tables;
    for (const table of tableNames) {
      for (const entity of tables[table].values()) {
        const parent = parentOf(table, entity)?.id;
        if (parent !== undefined) this.#add(parent, table, entity);
      }
    }
  }

  *topLevel(table: TableName): Generator<Values, void, void> {
    const alone = [...this.#tables[table].values()].filter(
      (entity) => parentOf(table, entity) === undefined,
    );
    for (const entity of inOrder(table, alone)) yield this.#element(table, entity);
  }

  #element(table: TableName, entity: Entity): Values {
    const element: Record<string, unknown> = { ...declared(table, entity) };
    const field = parentOf(table, entity)?.field;
    if (field !== undefined) delete element[field];
    for (const [child, entities] of this.#children.get(entity.id) ?? []) {
      element[child] = inOrder(child, entities).map((each) => this.#element(child, each));
    }
    return element;
  }

  #add(parent: string, table: TableName, entity: Entity): void {
    let tables = this.#children.get(parent);
    if (tables === undefined) this.#children.set(parent, (tables = new Map<TableName, Entity[]>()));
    const entities = tables.get(table);
    if (entities === undefined) tables.set(table, [entity]);
    else entities.push(entity);
  }
}

/** The one entity that another belongs to; one that belongs to several stands by itself. */
function parentOf(table: TableName, entity: Entity): { field: string; id: string } | undefined {
  const found = (nestedBy[table] ?? []).flatMap((field) => {
    const reference = (entity as Values)[field] as { readonly id: string } | null;
    return reference === null ? [] : [{ field, id: reference.id }];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** By name where there is one, else by what comes near to one, else by id. */
function inOrder(table: TableName, entities: readonly Entity[]): Entity[] {
  const { endpointKey } = definitionOf(table);
  const nameOf = (entity: Entity): string => {
    const { name, target, group } = entity as { name?: unknown; target?: unknown; group?: unknown };
    const key = endpointKey === null ? null : (entity as Values)[endpointKey];
    return [name, key, target, group].find((text) => typeof text === 'string') as string;
  };
  return entities
    .map((entity) => ({ entity, name: nameOf(entity) ?? '' }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.entity.id, b.entity.id))
    .map(({ entity }) => entity);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

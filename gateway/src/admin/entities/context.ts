import type { LiveConfiguration } from '../../control/configuration.ts';
import type { PluginSchemas } from '../../entities/plugin.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { Conditions } from './conditions.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What of the live configuration the entities are dealt with by. */
export type EntityConfiguration = Pick<
  LiveConfiguration,
  'mode' | 'store' | 'plugins' | 'judge' | 'caveatsIn' | 'changed'
>;

/** What holds for everything that is done to entities within one transaction. */
export interface WriteContext {
  readonly plugins: PluginSchemas;
  /** With a declarative file nothing can be written: what is valid is refused then. */
  readonly readOnly: boolean;
  readonly conditions: Conditions;
}

/**
 * What a client sent, read as an entity of a table. Which types the texts of a form stand for can
 * depend on what is stored already: the configuration of a plugin on which plugin it is.
 */
export type ClientInput = (table: TableName, stored?: Entity) => Values;

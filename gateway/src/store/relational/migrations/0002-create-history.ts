import { tableOptions, typeName } from '../ddl.ts';
import type { Migration } from './migration.ts';

export const createHistory: Migration = {
  version: 2,
  title: 'tags, revisions and their changes, tokens of administrators',
  statements(kind) {
    const [uuid, text, integer, json] = (['uuid', 'text', 'integer', 'json'] as const).map((type) =>
      typeName(kind, type),
    );
    const options = tableOptions(kind);
    // Ordered by bytes wherever the database stands.
    const bytes = kind === 'postgres' ? `${text} COLLATE "C"` : text;
    return [
      `CREATE TABLE tags (
  tag ${bytes} NOT NULL,
  table_name ${bytes} NOT NULL,
  entity_id ${uuid} NOT NULL,
  CONSTRAINT tags_pkey PRIMARY KEY (tag, table_name, entity_id)
)${options}`,
      `CREATE TABLE store_state (
  id ${integer} NOT NULL,
  revision ${integer} NOT NULL,
  CONSTRAINT store_state_pkey PRIMARY KEY (id),
  CONSTRAINT store_state_one_row CHECK (id = 1)
)${options}`,
      'INSERT INTO store_state (id, revision) VALUES (1, 0)',
      `CREATE TABLE revisions (
  revision ${integer} NOT NULL,
  time ${integer} NOT NULL,
  author ${text},
  reason ${text},
  changed ${integer} NOT NULL,
  CONSTRAINT revisions_pkey PRIMARY KEY (revision)
)${options}`,
      `CREATE TABLE changes (
  revision ${integer} NOT NULL,
  position ${integer} NOT NULL,
  table_name ${text} NOT NULL,
  entity_id ${uuid} NOT NULL,
  entity_before ${json},
  entity_after ${json},
  CONSTRAINT changes_pkey PRIMARY KEY (revision, position)
)${options}`,
      `CREATE TABLE admin_tokens (
  id ${text} NOT NULL,
  name ${text} NOT NULL,
  hash ${text} NOT NULL,
  created_at ${integer} NOT NULL,
  expires_at ${integer},
  revoked_at ${integer},
  last_used_at ${integer},
  CONSTRAINT admin_tokens_pkey PRIMARY KEY (id),
  CONSTRAINT admin_tokens_hash_key UNIQUE (hash)
)${options}`,
    ];
  },
};

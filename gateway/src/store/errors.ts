import type { TableName } from '../entities/tables.ts';

/** A `ListQuery.after` or `TagQuery.after` that this store never gave. */
export class InvalidOffset extends Error {
  override readonly name = 'InvalidOffset';
}

export type Conflict =
  /** Another entity has these values. */
  | {
      readonly kind: 'unique';
      readonly table: TableName;
      readonly values: Readonly<Record<string, unknown>>;
    }
  /** Another entity has this id. */
  | { readonly kind: 'primary-key'; readonly table: TableName; readonly id: string }
  /** `field` refers to an entity that does not exist. */
  | {
      readonly kind: 'foreign-key';
      readonly table: TableName;
      readonly field: string;
      readonly reference: TableName;
      readonly id: string;
    }
  /** An entity of table `by` still refers to the one to be deleted. */
  | {
      readonly kind: 'referenced';
      readonly table: TableName;
      readonly id: string;
      readonly by: TableName;
      readonly byId: string;
    }
  /** There is no entity of this id to update. */
  | { readonly kind: 'missing'; readonly table: TableName; readonly id: string }
  /** A value that cannot be kept; `problem` says why, e.g. `must not contain a NUL character`. */
  | {
      readonly kind: 'value';
      readonly table: TableName;
      readonly field: string;
      readonly problem: string;
    };

/** A change that breaks a rule over several entities, or that no store can keep. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
  readonly conflict: Conflict;

  constructor(conflict: Conflict) {
    super(`${conflict.kind} conflict in ${conflict.table}`);
    this.conflict = conflict;
  }
}

export type UnavailableReason =
  | 'unreachable'
  | 'full'
  | 'locked'
  | 'read-only'
  | 'damaged'
  /** Its tables are of a version that this program cannot work with. */
  | 'schema'
  /** There is a database, and no store in it (any more). */
  | 'missing'
  /** It is another store than the one that is served. */
  | 'foreign';
/** A change was to follow one revision, and somebody has made another one since. */
export class RevisionMoved extends Error {
  override readonly name = 'RevisionMoved';
  /** The one that is the newest now. */
  readonly newest: number;

  constructor(newest: number) {
    super(`the newest revision is ${newest} by now`);
    this.newest = newest;
  }
}

/** The store cannot do its work now. The message is for operators and names no secret. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly reason: UnavailableReason;
  /** The store was lost while it committed: what was to be done may be done. Otherwise nothing is. */
  readonly mayBeDone: boolean;
  /** How an operator mends it, where it does not mend itself. */
  readonly help: string | undefined;

  constructor(
    reason: StoreUnavailable['reason'],
    message: string,
    options: { cause?: unknown; mayBeDone?: boolean; help?: string | undefined } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.help = options.help;
    this.mayBeDone = options.mayBeDone ?? false;
  }
}

import { definitionOf } from '../../entities/tables.ts';
import type { Conflict } from '../../store/contract.ts';

/** What keeps something from being stored, for whoever wrote it. Names no secret. */
export function conflictMessage(conflict: Conflict): string {
  const { singular } = definitionOf(conflict.table);
  switch (conflict.kind) {
    case 'unique':
      return `two entities of ${conflict.table} would have the same ${Object.keys(conflict.values).join(' and ')}`;
    case 'primary-key':
      return `there is a ${singular} with the id ${conflict.id} already`;
    case 'foreign-key':
      return `a ${singular} refers by ${conflict.field} to ${conflict.reference} ${conflict.id}, which does not exist`;
    case 'referenced':
      return `the ${singular} ${conflict.id} cannot go: ${conflict.by} ${conflict.byId} refers to it`;
    case 'missing':
      return `the ${singular} ${conflict.id} was deleted by somebody else meanwhile`;
    case 'value':
      return `${conflict.field} of a ${singular} ${conflict.problem}`;
  }
}

import { OperatorError } from '../errors.ts';

/** The error for a place that was named as that of a store, where none is. */
export function noStore(place: string): OperatorError {
  return new OperatorError(`there is no store in ${place}`, {
    help: 'Name the folder of the gateway with --data DIR, or its database with --database URL. The first start makes a store, and so do sluice import and sluice migrate.',
  });
}

import { OperatorError } from '../errors.ts';
import { StoreUnavailable } from '../store/contract.ts';
import { ConfigurationError } from './load.ts';

/** What kept the gateway from starting, as one message. */
export function asStartError(error: unknown): unknown {
  if (error instanceof OperatorError) return error;
  if (error instanceof ConfigurationError) {
    const { problems } = error;
    const [only = ''] = problems;
    return new OperatorError(
      problems.length === 1 ? only : [`${problems.length} problems`, ...problems].join('\n  '),
      { cause: error },
    );
  }
  if (error instanceof StoreUnavailable) {
    return new OperatorError(`the store of the configuration cannot be used: ${error.message}`, {
      help: 'Its place is told by --data DIR and --database URL.',
      cause: error,
    });
  }
  const [reason = ''] = (error as Error).message.split('\n');
  return new OperatorError(`a proxy thread could not start: ${reason}`, { cause: error });
}

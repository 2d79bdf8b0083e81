import { OperatorError } from '../../errors.ts';
import type { CertificateFiles } from '../../settings/node-settings.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { FileProblem, readPair, type LoadedPair } from './key-pairs.ts';
import { Watched } from './watched.ts';

/** The certificates of a kind of listener, as they are now. */
export interface CertificateSet {
  readonly pairs: readonly LoadedPair[];
  /** What is wrong with the files as they are now; null when they are what is in use. */
  readonly problem: string | null;
  close(): void;
}

/**
 * Reads certificates and follows their files.
 *
 * @param option that names them, for messages
 * @throws OperatorError when they are no good at the start
 */
export function followCertificates(
  files: readonly CertificateFiles[],
  option: string,
  onChange: () => void,
  log: GatewayLog,
): CertificateSet {
  const paths = [...new Set(files.flatMap(({ cert, key }) => [cert, key]))];
  try {
    const watched = new Watched({ paths, option }, () => readAll(files), onChange, log);
    return {
      get pairs() {
        return watched.value;
      },
      get problem() {
        return watched.problem;
      },
      close: () => watched.close(),
    };
  } catch (error) {
    throw asOperatorError(error, option);
  }
}

/** An error in a file that a setting names. */
export function asOperatorError(error: unknown, option: string): unknown {
  if (!(error instanceof FileProblem)) return error;
  return new OperatorError(`${option}: ${error.message}`, {
    help: 'Mend the file, or name another one.',
    cause: error,
  });
}

function readAll(files: readonly CertificateFiles[]): LoadedPair[] {
  const pairs = files.map(readPair);
  pairs.forEach((pair, index) => {
    const same = pairs.slice(0, index).find(({ keyType }) => keyType === pair.keyType);
    if (same === undefined) return;
    throw new FileProblem(
      `${same.origin} and ${pair.origin} both have a key of type ${pair.keyType}: one can be shown only`,
    );
  });
  return pairs;
}

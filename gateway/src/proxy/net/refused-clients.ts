import { text } from '../../telemetry/line-parts.ts';

/** Shortest time between two lines, ms: anybody can bring a certificate that is refused. */
const PAUSE = 1000;
/** Longest subject in a line, characters. */
const LONGEST_SUBJECT = 256;

/** Words for the operator about clients that did not come in for want of a certificate. */
export class RefusedClients {
  #toldAt = -Infinity;
  #untold = 0;

  /**
   * @param client its address
   * @param problem with the certificate, in OpenSSL's words
   * @param subject of the certificate; null when it showed none
   * @param now ms, monotonic
   * @returns null when somebody was told of a moment ago: that client is counted in the next line
   */
  line(client: string, problem: string, subject: string | null, now: number): string | null {
    if (now - this.#toldAt < PAUSE) {
      this.#untold++;
      return null;
    }
    const others = this.#untold === 0 ? '' : `; ${this.#untold} more since the last such line`;
    this.#toldAt = now;
    this.#untold = 0;
    return `refused the client ${client}: ${why(problem, subject)}${others}`;
  }
}

function why(problem: string, subject: string | null): string {
  if (subject === null) return 'it showed no certificate, which is required';
  const name = text(subject.slice(0, LONGEST_SUBJECT).replaceAll('\n', ', '));
  return `no authority vouches for its certificate ${name} (${problem})`;
}

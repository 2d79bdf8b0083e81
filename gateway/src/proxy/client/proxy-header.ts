import type { ProxiedAddresses } from '../net/arrival.ts';
import { BadProxyHeader, INCOMPLETE, readProxyHeader } from '../net/proxy-protocol.ts';
import type { OpenConnection } from '../thread.ts';
import { Prelude, type Accepted, type Admit, type PreludeFailure } from './prelude.ts';

/** Why a connection got no further than its header: a label of metrics. */
export type ProxyHeaderFailure = PreludeFailure | 'untrusted' | 'malformed';

/**
 * A connection that has to begin with a header of the PROXY protocol. Only peers that are trusted may
 * say who the client is, so nobody else gets any further.
 */
export class ProxyHeaderReader extends Prelude {
  private readonly admit: Admit;
  private addresses: ProxiedAddresses | null = null;
  private rest: Buffer | null = null;

  constructor(accepted: Accepted, admit: Admit) {
    super(accepted);
    this.admit = admit;
    const { thread, peer } = this;
    if (peer !== '' && thread.clientAddress.trusts(peer)) this.begin(thread.settings.timeouts.head);
    // Whoever made this is to know of it first.
    else process.nextTick(() => this.failed('untrusted'));
  }

  protected isComplete(bytes: Buffer): boolean {
    try {
      const header = readProxyHeader(bytes);
      if (header === INCOMPLETE) return false;
      this.addresses = header.addresses;
      this.rest = header.length < bytes.length ? bytes.subarray(header.length) : null;
      return true;
    } catch (error) {
      if (!(error instanceof BadProxyHeader)) throw error;
      this.failed('malformed');
      return false;
    }
  }

  protected passOn(handle: unknown): OpenConnection {
    return this.admit(handle, this.localPort, this.addresses, this.rest);
  }

  protected count(failure: ProxyHeaderFailure): void {
    this.thread.metrics.proxyHeaderFailed(failure);
  }
}

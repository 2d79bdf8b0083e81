import type {
  CaCertificateRecord,
  CertificateRecord,
  Change,
  PluginRecord,
  RouteRecord,
  ServiceRecord,
  SniRecord,
  UpstreamRecord,
} from '../../snapshot/records.ts';
import type { PersistentMap } from '../../snapshot/persistent-map.ts';
import { DirectoryChanges } from './directory.ts';

const RECORDS_PER_SLICE = 16;

type StagedRecord =
  | CaCertificateRecord
  | CertificateRecord
  | PluginRecord
  | RouteRecord
  | ServiceRecord
  | SniRecord
  | UpstreamRecord;

/** New records by id; null for one that is gone. */
export type Staged<T> = ReadonlyMap<string, T | null>;

/** A delta as it arrives, in pieces. Nothing of it shows before the commit. Names each id once. */
export class StagedChanges {
  readonly certificates: Staged<CertificateRecord> = new Map();
  readonly snis: Staged<SniRecord> = new Map();
  readonly ca_certificates: Staged<CaCertificateRecord> = new Map();
  readonly services: Staged<ServiceRecord> = new Map();
  readonly routes: Staged<RouteRecord> = new Map();
  readonly upstreams: Staged<UpstreamRecord> = new Map();
  readonly plugins: Staged<PluginRecord> = new Map();
  readonly directory = new DirectoryChanges();
  /** One list for all that are the same: those of parsed records are all copies. */
  readonly #protocols = new Map<string, string[]>();

  add(change: Change): void {
    switch (change.kind) {
      case 'consumers':
        if (change.op === 'put') this.directory.putConsumer(change.record);
        else this.directory.deleteConsumer(change.id);
        break;
      case 'credentials':
        if (change.op === 'put') this.directory.putCredential(change.record);
        else this.directory.deleteCredential(change.id);
        break;
      case 'certificates':
      case 'snis':
      case 'ca_certificates':
      case 'services':
      case 'routes':
      case 'upstreams':
      case 'plugins': {
        const staged = this[change.kind] as Map<string, object | null>;
        if (change.op === 'put') staged.set(change.record.id, this.#withSharedLists(change.record));
        else staged.set(change.id, null);
        break;
      }
    }
  }

  #withSharedLists(record: StagedRecord): StagedRecord {
    if (!('protocols' in record)) return record;
    const key = record.protocols.join();
    const known = this.#protocols.get(key);
    if (known === undefined) this.#protocols.set(key, record.protocols);
    else record.protocols = known;
    return record;
  }
}

/** The records after the changes. The map itself when there are none. */
export function* withChanges<T>(
  records: PersistentMap<T>,
  staged: Staged<T>,
): Generator<void, PersistentMap<T>, void> {
  const edit = records.edit();
  let count = 0;
  for (const [id, record] of staged) {
    if (record === null) edit.delete(id);
    else edit.set(id, record);
    if (++count % RECORDS_PER_SLICE === 0) yield;
  }
  return edit.done();
}

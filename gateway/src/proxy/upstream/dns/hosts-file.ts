import { readFile, stat } from 'node:fs/promises';
import { isIP, isIPv4 } from 'node:net';

/** Addresses by lower-case name, from a file in the format of `/etc/hosts`. Read again when it changes. */
export class HostsFile {
  readonly #path: string;
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  /** Identity, size and time of what `#names` was read from. */
  #version = '';
  #checking: Promise<void> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The addresses of `name`, IPv4 ones only if there are any; undefined when the file does not
   * have it. A missing file is an empty one. Rejects when the file cannot be read.
   */
  async lookup(name: string): Promise<readonly string[] | undefined> {
    this.#checking ??= this.#check().finally(() => (this.#checking = null));
    await this.#checking;
    return this.#names.get(name);
  }

  async #check(): Promise<void> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#path);
      const version = `${ino} ${size} ${mtimeMs}`;
      if (version === this.#version) return;
      this.#names = parseHosts(await readFile(this.#path, 'utf8'));
      this.#version = version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#names = new Map();
      this.#version = '';
    }
  }
}

/** Lines `address name…`; `#` starts a comment. Lines without a valid address are passed over. */
export function parseHosts(text: string): Map<string, readonly string[]> {
  const names = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const alias of aliases) {
      const name = alias.toLowerCase();
      const addresses = names.get(name);
      if (addresses === undefined) names.set(name, new Set([address]));
      else addresses.add(address);
    }
  }
  const preferred = new Map<string, readonly string[]>();
  for (const [name, addresses] of names) preferred.set(name, preferIPv4([...addresses]));
  return preferred;
}

/** IPv6 only where there is nothing else: a host without an IPv6 route would fail every other time. */
function preferIPv4(addresses: readonly string[]): readonly string[] {
  const ipv4 = addresses.filter((address) => isIPv4(address));
  return ipv4.length > 0 ? ipv4 : addresses;
}

/** How often it is looked, ms. */
const INTERVAL = 250;

/** Notices what other processes commit to a file, which nobody tells. */
export class ForeignCommits {
  readonly #timer: NodeJS.Timeout;

  /** @param database asked for a number that changes with every commit */
  constructor(database: { readonly dataVersion: unknown }, onCommit: () => void) {
    let seen = database.dataVersion;
    this.#timer = setInterval(() => {
      let version = seen;
      try {
        version = database.dataVersion;
      } catch {
        // Whoever reads next is told what is wrong; here it only means that nothing is seen.
      }
      if (version === seen) return;
      seen = version;
      onCommit();
    }, INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

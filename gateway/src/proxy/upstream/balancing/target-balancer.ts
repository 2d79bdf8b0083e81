import type { Algorithm, Asking, Choice, Share } from './algorithm.ts';
import { Peer, type Balancer, type PickFailure } from './balancer.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { Place, Target } from './target.ts';
import type { HealthHolder } from '../health/thread-health.ts';
import type { UpstreamHealth } from '../health/upstream-health.ts';

/**
 * Shares requests out to the addresses of targets as an algorithm says, without those that are
 * unhealthy. Names are asked for by the first pick and, in the background, by the first pick after an
 * answer has expired: what nobody uses costs no queries.
 */
export class TargetBalancer implements Balancer, HealthHolder {
  readonly #algorithm: Algorithm;
  readonly #targets: readonly Target[];
  readonly #named: readonly Target[];
  readonly #resolver: Resolver;
  readonly #failure: PickFailure;
  readonly #health: UpstreamHealth | null;
  #peers: ReadonlyMap<string, Peer>;
  #shares: readonly Share[] = [];
  /** Among those of the shares that requests may go to; null for none. */
  #choice: Choice | null = null;
  /** When a pick has something to do besides picking, ms on the resolver's clock. */
  #checkAt = Infinity;
  #refreshing = false;
  #waiting: PromiseWithResolvers<void> | null = null;
  #disposed = false;

  /**
   * @param failure what a pick gives when there is no address that requests may go to
   * @param health null when all targets are always taken for healthy
   * @param previous the balancer that this one replaces: peers that both have stay the same object,
   *   unless one of the two minds health, by rules of its own
   */
  constructor(
    algorithm: Algorithm,
    targets: readonly Target[],
    resolver: Resolver,
    failure: PickFailure,
    health: UpstreamHealth | null,
    previous: TargetBalancer | null,
  ) {
    this.#algorithm = algorithm;
    this.#targets = targets;
    this.#named = targets.filter((target) => target.isName);
    this.#resolver = resolver;
    this.#failure = failure;
    this.#health = health;
    const inherits = previous !== null && previous.#health === null && health === null;
    this.#peers = inherits ? previous.#peers : new Map();
    for (const target of this.#named) target.learn(resolver.known(target.host) ?? null);
    if (this.#named.length > 0) this.#checkAt = -Infinity;
    this.#rebuild();
    health?.keep(this);
  }

  pick(asking: Asking): Peer | PickFailure | undefined {
    if (this.#checkAt !== Infinity && this.#resolver.now() >= this.#checkAt) this.#check();
    if (this.#health !== null && this.#health.hasChanged) this.#choose();
    if (this.#choice !== null) return this.#choice.next(asking);
    return this.#isUnknown ? undefined : this.#failure;
  }

  whenResolved(): Promise<void> {
    if (this.#resolver.now() >= this.#checkAt) this.#check();
    if (!this.#isUnknown) return Promise.resolve();
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  dispose(): void {
    this.#disposed = true;
    this.#checkAt = Infinity;
    this.#health?.letGo(this);
  }

  renewHealth(): void {
    this.#health?.renew(this.#shares);
  }

  /** No address is known, and names are being asked for. */
  get #isUnknown(): boolean {
    return this.#refreshing && this.#shares.length === 0;
  }

  /** Lets go of addresses too old to use and asks anew for names whose answer has expired. */
  #check(): void {
    const now = this.#resolver.now();
    const expired = this.#named.filter((target) => now >= (target.answer?.expires ?? 0));
    let changed = false;
    for (const target of expired) {
      const { answer } = target;
      if (answer !== null && now >= answer.usableUntil) changed = target.learn(null) || changed;
    }
    if (changed) this.#rebuild();
    if (expired.length > 0 && !this.#refreshing) void this.#refresh(expired);
    this.#schedule();
  }

  async #refresh(targets: readonly Target[]): Promise<void> {
    this.#refreshing = true;
    await Promise.all(
      targets.map(async (target) => {
        // An answer serves at once: a name that takes long to fail must not hold up the others.
        if (target.learn(await this.#resolver.resolve(target.host))) this.#rebuild();
      }),
    );
    this.#refreshing = false;
    this.#schedule();
    this.#release();
  }

  #schedule(): void {
    if (this.#disposed) return;
    const times = this.#named.map(({ answer }) => {
      if (this.#refreshing) return answer?.usableUntil ?? Infinity;
      return answer?.expires ?? -Infinity;
    });
    this.#checkAt = Math.min(...times);
  }

  #rebuild(): void {
    const peers = new Map<string, Peer>();
    const shares: Share[] = [];
    for (const target of this.#targets) {
      for (const place of target.places) {
        const key = this.#keyOf(place);
        const peer = peers.get(key) ?? this.#peers.get(key) ?? this.#peerAt(place);
        peers.set(key, peer);
        shares.push({ peer, weight: place.weight, place: `${place.address}::${place.port}` });
      }
    }
    this.#shares = shares;
    this.#choose();
    // Names that are not known yet may turn out to have peers of the balancer before.
    const isComplete = this.#named.every((target) => target.answer !== null);
    this.#peers = isComplete ? peers : new Map([...this.#peers, ...peers]);
    if (shares.length > 0) this.#release();
  }

  #keyOf({ address, port, hostHeader, target }: Place): string {
    const key = `${address} ${port} ${hostHeader}`;
    // Two names of one address may be two things that work or do not.
    return this.#health === null ? key : `${key} ${target.host}:${target.port}`;
  }

  #peerAt(place: Place): Peer {
    const health = this.#health?.of(place) ?? null;
    return new Peer(place.address, place.port, place.hostHeader, health);
  }

  #choose(): void {
    const usable = this.#health === null ? this.#shares : this.#health.choose(this.#shares);
    this.#choice = usable.length > 0 ? this.#algorithm.choose(usable, this.#shares) : null;
  }

  #release(): void {
    this.#waiting?.resolve();
    this.#waiting = null;
  }
}

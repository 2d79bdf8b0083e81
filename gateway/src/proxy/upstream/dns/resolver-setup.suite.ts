import { DnsResponder, type Zone } from './dns-responder.suite.ts';
import { Resolver, type ResolverOptions } from './resolver.ts';

/**
 * A resolver that asks a DNS server of its own, no hosts file and no search list unless `options`
 * name some, and whose clock the test sets. Close it with `await using`.
 */
export async function setUpResolver(zones: Record<string, Zone>, options: ResolverOptions = {}) {
  const dns = await DnsResponder.start(zones);
  const clock = { now: 0 };
  const errors: string[] = [];
  const resolver = new Resolver({
    servers: [dns.address],
    hostsFile: '/nonexistent/hosts',
    resolvConf: '/nonexistent/resolv.conf',
    now: () => clock.now,
    onError: (subject, reason) => errors.push(`${subject}: ${reason}`),
    ...options,
  });
  const close = () => dns[Symbol.asyncDispose]();
  return { dns, clock, errors, resolver, [Symbol.asyncDispose]: close };
}

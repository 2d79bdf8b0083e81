/** Before format 3.0 a path with any other character than these was a regular expression. */
const plainPath = /^[a-zA-Z0-9.\-_~/%]*$/;

/** Marks the regular expressions among a route's paths with `~`, as format 3.0 writes them. */
export function withRegexMarks(route: Record<string, unknown>): void {
  if (!Array.isArray(route.paths)) return;
  route.paths = (route.paths as unknown[]).map((path) =>
    typeof path === 'string' && path.startsWith('/') && !plainPath.test(path) ? `~${path}` : path,
  );
}

import type { RequestView } from '../../plugin/plugin.ts';

/**
 * Whether a request comes from a browser that is to show a page: only such a one can be sent to log
 * in. Scripts and programs need to be told, and a form that is sent would be lost on the way.
 */
export function isNavigation(request: RequestView): boolean {
  if (request.method !== 'GET' || request.header('upgrade') !== undefined) return false;
  const purpose = request.header('sec-purpose') ?? request.header('purpose') ?? '';
  // The user may never see it.
  if (purpose.includes('prefetch')) return false;
  const mode = request.header('sec-fetch-mode');
  if (mode !== undefined) {
    return mode === 'navigate' && (request.header('sec-fetch-dest') ?? 'document') === 'document';
  }
  if (request.header('x-requested-with') !== undefined) return false;
  return /\btext\/html\b/i.test(request.header('accept') ?? '');
}

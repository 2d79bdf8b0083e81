import { version } from '../version.ts';

/** What `sluice version` prints. */
export function versionText(): string {
  const form = import.meta.filename.endsWith('.ts') ? 'from source' : 'compiled';
  return `sluice ${version} (${form})\nnode ${process.versions.node} (${process.platform}-${process.arch})\n`;
}

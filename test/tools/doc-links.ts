import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Where documents stand. */
const DOCUMENTS = [
  '*.md',
  'docs/**/*.md',
  'examples/**/*.md',
  'gateway/src/**/*.md',
  '*/README.md',
];

/** Code shows what links look like, and means none. */
const CODE = /^(?:```|~~~)[^]*?^(?:```|~~~)|`[^`\n]*`/gm;
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|<(?:a|img)\b[^>]*\b(?:href|src)="([^"]+)"/g;
const ELSEWHERE = /^[a-z][a-z\d+.-]*:/i;

/** @returns each link of the documents below `root` that leads nowhere, as `file: link` */
export function brokenLinks(root: string): string[] {
  const files = [...new Set(globSync(DOCUMENTS, { cwd: root }))].sort();
  return files.flatMap((file) => {
    const path = join(root, file);
    return linksIn(readFileSync(path, 'utf8'))
      .filter((link) => !ELSEWHERE.test(link) && !leadsSomewhere(path, link))
      .map((link) => `${relative(root, path)}: ${link}`);
  });
}

export function linksIn(markdown: string): string[] {
  return [...markdown.replace(CODE, '').matchAll(LINK)].map(([, link, inTag]) => link ?? inTag!);
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? from : resolve(dirname(from), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsIn(readFileSync(target, 'utf8')).has(anchor);
}

/** The anchors of a document's headings, as GitHub names them. */
export function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const prose = markdown.replace(/^(?:```|~~~)[^]*?^(?:```|~~~)/gm, '');
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = name;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${name}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

const reserved = new Set(Array.from("!#$%&'()*+,/:;=?@[]", (char) => char.charCodeAt(0)));
const mayDiffer = /%|\/\.|\/\//;

/** The first escape of a path that is not one (`%zz`), or undefined. */
export function brokenEscape(path: string): string | undefined {
  return /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(path)?.[0];
}

/**
 * The normal form in which the router compares paths: characters that are not reserved decoded,
 * the remaining escapes in upper case, `.` and `..` resolved, `//` merged.
 *
 * @param path starts with `/`, without query, its escapes well-formed
 */
export function normalisePath(path: string): string {
  if (!mayDiffer.test(path)) return path;
  return removeDotSegments(decodeUnreserved(path).replace(/\/{2,}/g, '/'));
}

function decodeUnreserved(path: string): string {
  return path.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = Buffer.from(escapes.replaceAll('%', ''), 'hex');
    let out = '';
    let plain: number[] = [];
    for (const byte of bytes) {
      if (!reserved.has(byte)) plain.push(byte);
      else {
        out += decodeText(plain) + escapeByte(byte);
        plain = [];
      }
    }
    return out + decodeText(plain);
  });
}

/** Bytes that are not UTF-8 have no character to stand for them and stay escaped. */
function decodeText(bytes: readonly number[]): string {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return text.includes('\uFFFD') ? Array.from(bytes, escapeByte).join('') : text;
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (isLast) kept.push('');
  }
  return `/${kept.join('/')}`;
}

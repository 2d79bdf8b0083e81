/**
 * Removes a member of the outermost JSON object from its text. Everything else keeps its bytes:
 * parsing and writing anew would round large numbers and reorder members.
 *
 * @param text valid JSON whose outermost value is an object
 * @param name the member's name, unescaped; every member of that name goes
 */
export function withoutMember(text: string, name: string): string {
  const open = text.indexOf('{');
  const kept: string[] = [];
  let found = false;
  let start = open + 1;
  while (start < text.length) {
    const end = endOfMember(text, start);
    const member = text.slice(start, end);
    if (member.trim() !== '' && memberName(member) === name) found = true;
    else kept.push(member);
    if (text[end] === '}') {
      return found ? text.slice(0, open + 1) + kept.join(',') + text.slice(end) : text;
    }
    start = end + 1;
  }
  return text;
}

/** Index of the `,` or `}` that ends the member which begins at `at`. */
function endOfMember(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const char = text[i];
    if (char === '"') i = endOfString(text, i);
    else if (char === '{' || char === '[') depth++;
    else if (depth > 0 && (char === '}' || char === ']')) depth--;
    else if (depth === 0 && (char === ',' || char === '}')) return i;
  }
  return text.length;
}

/** Index of the quote that ends the string which begins at `at`. */
function endOfString(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function memberName(member: string): unknown {
  const start = member.indexOf('"');
  return JSON.parse(member.slice(start, endOfString(member, start) + 1));
}

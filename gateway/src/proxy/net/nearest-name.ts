/** What is known of server names, some of them patterns. */
interface Names<T> {
  get(name: string): T | undefined;
}

/**
 * What is known of the name, or of the pattern that is nearest to it: the name itself,
 * `*.example.com`, `example.*`, `*`. A star stands for one label.
 *
 * @param name in lower case; empty when none was said
 */
export function nearest<T>(names: Names<T>, name: string): T | undefined {
  if (name !== '') {
    const exact = names.get(name);
    if (exact !== undefined) return exact;
    const first = name.indexOf('.');
    if (first !== -1) {
      const found =
        names.get(`*${name.slice(first)}`) ??
        names.get(`${name.slice(0, name.lastIndexOf('.'))}.*`);
      if (found !== undefined) return found;
    }
  }
  return names.get('*');
}

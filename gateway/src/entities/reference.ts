/** Whether a text stands for a secret kept elsewhere: `{vault://prefix/secret}`. */
export function isReference(text: string): boolean {
  return /^\{vault:\/\/.+\}$/.test(text);
}

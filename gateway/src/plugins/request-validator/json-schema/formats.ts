import { createRequire } from 'node:module';
import { RE2JS } from 're2js';
import type { Format } from 'ajv';

const require = createRequire(import.meta.url);

/** Formats whose usual expressions are matched as they are, by an engine that takes linear time. */
const BY_EXPRESSION = [
  'email',
  'ipv4',
  'ipv6',
  'json-pointer',
  'relative-json-pointer',
  'uri-reference',
  'uri-template',
  'uuid',
] as const;

/** Formats that take linear time by themselves. */
const AS_THEY_ARE = [
  'binary',
  'byte',
  'date',
  'date-time',
  'double',
  'float',
  'int32',
  'int64',
  'password',
  'time',
] as const;

const OWN = ['duration', 'hostname', 'uri'] as const;

const names: ReadonlySet<unknown> = new Set([...BY_EXPRESSION, ...AS_THEY_ARE, ...OWN]);

export function isFormat(name: unknown): boolean {
  return names.has(name);
}

/** The formats that there are, for the compiler of schemas. */
export function formats(): Record<string, Format> {
  const { fullFormats } = require('ajv-formats/dist/formats.js') as {
    fullFormats: Readonly<Record<string, Format>>;
  };
  const byExpression = BY_EXPRESSION.map((name) => [name, linear(fullFormats[name] as RegExp)]);
  const isReference = linear(fullFormats['uri-reference'] as RegExp);
  return {
    ...(Object.fromEntries(byExpression) as Record<string, Format>),
    ...Object.fromEntries(AS_THEY_ARE.map((name) => [name, fullFormats[name]!])),
    duration,
    hostname,
    uri: (text: string) => /^[a-z][a-z0-9+.-]*:/i.test(text) && isReference(text),
  };
}

/** Compiled once it is needed: some are long. */
function linear(expression: RegExp): (text: string) => boolean {
  let compiled: RE2JS | null = null;
  return (text) => {
    const flags = expression.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0;
    compiled ??= RE2JS.compile(RE2JS.translateRegExp(expression), flags);
    return compiled.test(text);
  };
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

function hostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  return name.length <= 253 && name.split('.').every((label) => LABEL.test(label));
}

const DURATION = /^P(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;

function duration(text: string): boolean {
  return DURATION.test(text) && /\d[A-Z]$/.test(text);
}

/** What a keyword's value is made of, as far as schemas are in it. */
export type Nesting = 'schema' | 'schemas' | 'schema or schemas' | 'map' | 'map or names';

/** Keywords that hold schemas. */
export const NESTING: ReadonlyMap<string, Nesting> = new Map<string, Nesting>([
  ['additionalItems', 'schema'],
  ['additionalProperties', 'schema'],
  ['contains', 'schema'],
  ['else', 'schema'],
  ['if', 'schema'],
  ['not', 'schema'],
  ['propertyNames', 'schema'],
  ['then', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['prefixItems', 'schemas'],
  ['items', 'schema or schemas'],
  ['$defs', 'map'],
  ['definitions', 'map'],
  ['dependentSchemas', 'map'],
  ['patternProperties', 'map'],
  ['properties', 'map'],
  ['dependencies', 'map or names'],
]);

/** Keywords that say something about values by themselves. */
export const ASSERTIONS: ReadonlySet<string> = new Set([
  'const',
  'dependentRequired',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxContains',
  'maximum',
  'maxItems',
  'maxLength',
  'maxProperties',
  'minContains',
  'minimum',
  'minItems',
  'minLength',
  'minProperties',
  'multipleOf',
  'pattern',
  'required',
  'type',
  'uniqueItems',
]);

/** Keywords that lead to other places of the same schema. */
export const REFERENCES: ReadonlySet<string> = new Set(['$dynamicRef', '$recursiveRef', '$ref']);

/** Keywords that name places. */
export const ANCHORS: ReadonlySet<string> = new Set([
  '$anchor',
  '$dynamicAnchor',
  '$recursiveAnchor',
]);

/** Keywords for readers: nothing is checked by them. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$comment',
  '$schema',
  '$vocabulary',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'default',
  'deprecated',
  'description',
  'discriminator',
  'example',
  'examples',
  'externalDocs',
  'readOnly',
  'title',
  'writeOnly',
  'xml',
]);

type Parse = (text: string) => unknown;

const asNumber: Parse = Number;
const asBoolean: Parse = (text) => text === 't';

/** Object ids of PostgreSQL's types that are not kept as text. */
const parsers: ReadonlyMap<number, Parse> = new Map([
  [16, asBoolean],
  // Eight bytes, of which only what a number holds exactly is ever written.
  [20, asNumber],
  [21, asNumber],
  [23, asNumber],
  [701, asNumber],
]);

const asIs: Parse = (text) => text;

/** How values from PostgreSQL are read. JSON stays text here: entities are decoded in one place. */
export const types = {
  getTypeParser: (type: number): Parse => parsers.get(type) ?? asIs,
};

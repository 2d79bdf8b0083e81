/** Media types that error bodies come in, as `Accept` names them. */
const JSON_TYPE = 'application/json';
export const HTML_TYPE = 'text/html';
export const PLAIN_TYPE = 'text/plain';
export const XML_TYPE = 'application/xml';
export const GRPC_TYPE = 'application/grpc';

/** The media type of an error body for this `Accept`; the first of equal weight wins, as in Kong. */
export function negotiate(accept: string | undefined, plainByDefault: boolean): string {
  if (accept === undefined) return plainByDefault ? PLAIN_TYPE : JSON_TYPE;
  let best = JSON_TYPE;
  let bestWeight = 0;
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';');
    const type = errorType(range.trim());
    if (type === null) continue;
    let weight = 1;
    for (const parameter of parameters) {
      const q = /^\s*q=([0-9.]+)\s*$/.exec(parameter);
      if (q !== null) weight = Number(q[1]);
    }
    if (weight > bestWeight) {
      best = type;
      bestWeight = weight;
    }
  }
  return best;
}

function errorType(range: string): string | null {
  switch (range) {
    case JSON_TYPE:
    case HTML_TYPE:
    case PLAIN_TYPE:
    case XML_TYPE:
    case GRPC_TYPE:
      return range;
    case 'application/*':
    case '*/*':
      return JSON_TYPE;
    case 'text/*':
      return PLAIN_TYPE;
    default:
      return null;
  }
}

/** The type of an error that a client names before others; null where it names none. */
export function namedType(accept: string | undefined): string | null {
  const type = negotiate(accept, false);
  return accept?.includes(type) === true ? type : null;
}

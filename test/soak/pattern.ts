/** Bytes that only the exchange with this id has. */
export function pattern(id: string, size: number): Buffer {
  return size === 0 ? Buffer.alloc(0) : Buffer.alloc(size, `${id};`);
}

/** What the client asks of an upstream, as the query of its request. */
export interface Wish {
  readonly id: string;
  /** Bytes of the answer's body. */
  readonly size: number;
  readonly as: 'length' | 'chunked' | 'close' | 'http10' | 'interim';
}

export function queryOf({ id, size, as }: Wish): string {
  return `?id=${id}&size=${size}&as=${as}`;
}

export function wishOf(target: string): Wish {
  const query = new URLSearchParams(target.slice(target.indexOf('?')));
  return {
    id: query.get('id') ?? '',
    size: Number(query.get('size')),
    as: (query.get('as') ?? 'length') as Wish['as'],
  };
}

let last = 0;

/** An id that no other exchange of this run has. */
export function nextId(): string {
  return (++last).toString(36).padStart(6, '0');
}

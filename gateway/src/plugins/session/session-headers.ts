import { FieldNames } from '../../plugin/field-names.ts';
import { fieldValue } from '../../plugin/header-line.ts';
import type { TimeLeft } from '../../plugin/session/lifetime.ts';
import type { HEADER_PARTS, SessionConfig } from './schema.ts';
import type { Session } from './session.ts';

type Part = (typeof HEADER_PARTS)[number];

const NAMES: Readonly<Record<Part, string>> = {
  id: 'Session-Id',
  audience: 'Session-Audience',
  subject: 'Session-Subject',
  timeout: 'Session-Timeout',
  'idling-timeout': 'Session-Idling-Timeout',
  'rolling-timeout': 'Session-Rolling-Timeout',
  'absolute-timeout': 'Session-Absolute-Timeout',
};

/** Fields that tell of a session. */
export class SessionHeaders {
  readonly names: FieldNames;
  readonly #parts: readonly Part[];
  readonly #audience: string;

  constructor(parts: readonly Part[] | null, { audience }: SessionConfig) {
    this.#parts = parts ?? [];
    this.#audience = audience ?? '';
    this.names = new FieldNames(this.#parts.map((part) => NAMES[part]));
  }

  /** Names and values; times in seconds, none where there is no end. */
  *of({ id, subject }: Session, left: TimeLeft): Generator<[name: string, value: string]> {
    const values: Readonly<Record<Part, string | number>> = {
      id,
      audience: this.#audience,
      subject,
      timeout: left.first,
      'idling-timeout': left.idling,
      'rolling-timeout': left.rolling,
      'absolute-timeout': left.absolute,
    };
    for (const part of this.#parts) {
      const value = values[part];
      if (value !== Infinity) yield [NAMES[part], fieldValue(String(value))];
    }
  }
}

import { f } from '../../schema/field.ts';

const extracted = ['jaeger', 'gcp', 'ot', 'w3c', 'datadog', 'b3', 'aws'] as const;
const injected = ['b3-single', ...extracted] as const;

/** Which headers of tracing are read, removed and sent. */
export function propagation(format: (typeof injected)[number]) {
  return f.record(
    {
      extract: f.array(f.string({ one_of: extracted })),
      clear: f.array(f.string()),
      inject: f.array(f.string({ one_of: ['preserve', ...injected] })),
      default_format: f.string({ required: true, one_of: injected }),
    },
    { required: true, default: { default_format: format } },
  );
}

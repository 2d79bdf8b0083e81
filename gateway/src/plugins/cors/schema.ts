import { unfitPattern } from '../../plugin/linear-pattern.ts';
import { f } from '../../plugin/plugin.ts';
import { isPattern } from './origins.ts';

export const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'PATCH',
  'POST',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
] as const;

export const corsConfig = f.record(
  {
    origins: f.array(f.string({ check: unfitOrigin }), {
      description:
        'Origins whose pages may read responses, such as `https://app.example.com`. An entry with a character that no origin has is a regular expression: it has to fit the origin as a whole, or where it has no colon its host. None, or `*`, stands for every origin.',
    }),
    headers: f.array(f.string(), {
      description:
        'Fields that requests of pages may have. Without any the preflight answer allows those that it is asked for.',
    }),
    exposed_headers: f.array(f.string(), {
      description: 'Fields of responses that pages may read, besides the few that always may.',
    }),
    methods: f.array(f.string({ one_of: METHODS }), {
      default: METHODS,
      description: 'Methods that requests of pages may have.',
    }),
    max_age: f.number({
      description: 'Seconds for which a browser may keep the answer to a preflight.',
    }),
    credentials: f.boolean({
      required: true,
      default: false,
      description:
        'Whether pages may send cookies and other credentials along. Has no effect for origins that only `*` allows, unless `credentials_for_any_origin` is set.',
    }),
    private_network: f.boolean({
      required: true,
      default: false,
      description:
        'Whether pages from public networks may ask a gateway in a private one (`Access-Control-Request-Private-Network`).',
    }),
    preflight_continue: f.boolean({
      required: true,
      default: false,
      description: 'Whether preflights go on to the service, which answers them itself.',
    }),
    credentials_for_any_origin: f.boolean({
      required: true,
      default: false,
      beyondKong: true,
      description:
        "Whether with `credentials` every origin is allowed by name where `*` is. That is Kong's way: any page that a user visits can then read, as this user, what the routes answer.",
    }),
  },
  { required: true },
);

function unfitOrigin(origin: string): string | undefined {
  return isPattern(origin) ? unfitPattern(origin, `'${origin}' is not a valid regex`) : undefined;
}

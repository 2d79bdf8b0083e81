import { f } from '../../../plugin/plugin.ts';

/** Where bearer tokens come from, and what those are told who do not pass. */
export const answerFields = {
  bearer_token_param_type: f.array(f.string({ one_of: ['header', 'query', 'cookie'] }), {
    required: true,
    default: ['header'],
    len_min: 1,
    description:
      'Where bearer tokens may be: in the field `Authorization`, in the query argument `access_token`, which is found in logs and histories, or in the cookie `bearer_token_cookie_name`.',
  }),
  bearer_token_cookie_name: f.string({
    description: 'Cookie that holds a bearer token.',
  }),
  hide_credentials: f.boolean({
    required: true,
    default: false,
    description: 'Whether to keep bearer tokens from the service.',
  }),
  anonymous: f.string({
    description:
      'Id or username of a consumer as which requests without a valid token go on. Without it they are answered with 401.',
  }),
  run_on_preflight: f.boolean({
    required: true,
    default: true,
    description: 'Whether `OPTIONS` requests need to be authenticated too.',
  }),
  unauthorized_error_message: f.string({
    required: true,
    default: 'Unauthorized',
    description: 'What a 401 says.',
  }),
  forbidden_error_message: f.string({
    required: true,
    default: 'Forbidden',
    description: 'What a 403 says.',
  }),
};

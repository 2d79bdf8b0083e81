/** Checks of single values that plugin schemas share with those of entities. */
export {
  headerName,
  hostWithOptionalPort,
  ipOrCidr,
  matching,
  path,
  url,
} from '../entities/schema/checks.ts';

/** Checks of single values that plugin schemas share with those of entities. */
export { headerName, path } from '../entities/schema/checks.ts';

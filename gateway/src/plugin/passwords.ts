/** How passwords are kept, for plugins that ask for them. */
export { verifyPassword } from '../entities/password.ts';

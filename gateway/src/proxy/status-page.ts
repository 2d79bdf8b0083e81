import { STATUS_CODES } from 'node:http';

/** Reason phrase of a status; empty for one that has none. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? '';
}

/** A small page for people whose browser does not follow a redirect. */
export function statusPage(status: number): string {
  const title = `${status} ${reasonOf(status)}`;
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n` +
    `<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
  );
}

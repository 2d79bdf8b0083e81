import { X509Certificate } from 'node:crypto';
import { FileProblem, textOf } from './key-pairs.ts';

/** The certificates in a file, each in PEM. @throws FileProblem when it is no good, or has none */
export function certificatesIn(file: string): string[] {
  const text = textOf(file);
  const pems = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (pems.length === 0) throw new FileProblem(`${file} holds no certificate in PEM`);
  for (const pem of pems) {
    try {
      new X509Certificate(pem);
    } catch {
      throw new FileProblem(`${file} holds a certificate that cannot be read`);
    }
  }
  return pems;
}

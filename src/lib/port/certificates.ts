import type { Verb } from './verb.js';

/** A TLS certificate. Its private key is never told. */
export interface Certificate {
  readonly id: string;
  /** What it is called; its common name where the platform has no other. */
  readonly name: string;
  readonly commonName: string;
  readonly alternativeNames: readonly string[];
  readonly owner: string;
  /** Distinguished names; null where the platform does not tell. */
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly fingerprint: string | null;
  /** RFC 3339. */
  readonly startsAt: string | null;
  readonly expiresAt: string;
  readonly createdAt: string;
  /** Domains it is attached to, sorted. */
  readonly domains: readonly string[];
}

export interface CertificateRef {
  /** Name, or id. */
  readonly certificate: string;
}

export interface CertificateCreation {
  /** Absent: the common name. */
  readonly name?: string;
  /** PEM, the chain included. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
  /** Absent: that of the subject. */
  readonly commonName?: string;
}

export interface CertificatesFacet {
  /** The caller's own, by name. */
  list?: Verb<object, object, AsyncIterable<Certificate>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<CertificateRef, object, Promise<Certificate>>;
  /** Throws InputError for what is no certificate, ConflictError when the name is taken. */
  add?: Verb<CertificateCreation, object, Promise<Certificate>>;
  remove?: Verb<CertificateRef, object, Promise<void>>;
  attach?: Verb<CertificateRef & { readonly domain: string }, object, Promise<Certificate>>;
  detach?: Verb<CertificateRef & { readonly domain: string }, object, Promise<Certificate>>;
}

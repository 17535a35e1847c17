/** Written by hand for what scripts/generate.mjs generates beside it. */
export interface SchemaError {
  /** JSON pointer. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** True if `data` is a Compose file; else `validate.errors` says why. */
export declare const validate: {
  (data: unknown): boolean;
  errors?: readonly SchemaError[] | null;
};

/** The properties of every mapping that takes no others, by attribute pattern: `services.*.build`. */
export declare const knownKeys: Readonly<Record<string, readonly string[]>>;

import fs from 'node:fs';
import path from 'node:path';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';

const directory = path.resolve(import.meta.dirname, '../schemas');

/** The schemas of `schemas/`, loaded once: each is known by its file name. */
const ajv = load();

function load(): Ajv2020 {
  // `strictTypes` and `strictRequired` ask for types next to every `$ref`; unknown keywords are still refused.
  const created = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  for (const file of fs.readdirSync(directory).sort()) {
    const schema: AnySchema = JSON.parse(fs.readFileSync(path.join(directory, file), 'utf8'));
    created.addSchema(schema, file);
  }
  return created;
}

/** Names of all schema files. */
export function schemaFiles(): readonly string[] {
  return fs.readdirSync(directory).sort();
}

/** What is wrong with a value by the schema, a line each; none when it is right. */
export function faultsBy(reference: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(reference);
  if (validate === undefined) return [`there is no schema test/contract/schemas/${reference}`];
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

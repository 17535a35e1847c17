import type { ServiceCreation } from '../port/services.js';
import type { Runtime } from './runtime.js';
import { serviceDefinition, type ServiceFlags } from './service-definition.js';
import { parseImage, parseServiceName, serviceNameOf } from './service-words.js';
import { readVariables } from './variables-input.js';

/** Flags for variables. */
export interface VariableFlags {
  readonly env?: readonly string[] | undefined;
  readonly 'env-file'?: readonly string[] | undefined;
}

/**
 * The service that an image and flags describe; its name is that of the image where none is given.
 *
 * @throws UsageError for a wrong word, InputError for a wrong file.
 */
export async function newService(
  image: string,
  flags: ServiceFlags & VariableFlags & { readonly name?: string | undefined },
  runtime: Runtime,
): Promise<ServiceCreation> {
  const variables = await variablesOf(flags, runtime);
  const name = flags.name === undefined ? serviceNameOf(parseImage(image)) : parseServiceName(flags.name);
  return { name, definition: serviceDefinition(image, flags, variables) };
}

/** The variables of `--env-file` and `--env`. @throws UsageError and InputError as `readVariables`. */
export async function variablesOf(flags: VariableFlags, runtime: Runtime): Promise<Readonly<Record<string, string>>> {
  return readVariables({ words: flags.env ?? [], files: flags['env-file'] ?? [] }, runtime);
}

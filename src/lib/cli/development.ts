import fs from 'node:fs';
import path from 'node:path';
import { type Interfaces, settings } from '@oclif/core';

/**
 * oclif options that find the commands in the TypeScript sources. oclif's own transpiling is off: tsx, which the
 * development launcher runs under, does it, and the two do not work together.
 */
export function developmentOptions(root: string, commands: string): Interfaces.Options {
  settings.enableAutoTranspile = false;
  const manifest: unknown = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  if (!isManifest(manifest)) throw new TypeError('package.json has no oclif section');
  return { root, pjson: { ...manifest, oclif: { ...manifest.oclif, commands } }, ignoreManifest: true };
}

function isManifest(value: unknown): value is Interfaces.PJSON {
  return typeof value === 'object' && value !== null && 'oclif' in value;
}
